"""What Redis does for us in one step, in its Lua: each script happens as a whole, or not at all.

Keys of a mailbox, named by `keys_of`:

    index    sorted set    writer, id (48 bytes) → seq: putting the same name again replaces, in the order of seq
    facts    hash          writer, id → what it counts for; `seq` → the last one given; `bytes` → all sizes together;
                           writer → the sizes of its envelopes together; `n`, writer → how many they are
    revoked  sorted set    writers → when each last tried to put; the old ones go with the next revocation
    watched  set           processes that have the mailbox open
    SEQ      string        the envelope with that seq; Redis drops it when it is too old

A stream cannot replace an entry in one step, nor drop entries at their own times, hence no stream for mail. Each
process has one for news: the mailboxes it watches that have got mail. It lives as long as its process says so.
"""

from typing import Final

PREFIX: Final = "spread:"


def keys_of(mailbox: bytes) -> list[bytes]:
    """Return the names of a mailbox's keys, in the order in which the scripts take them."""
    stem = f"{PREFIX}{{{mailbox.hex()}}}:"
    return [(stem + name).encode() for name in ("index", "facts", "refused", "watched", "")]


def news_of(process: str) -> str:
    """Return the key of a process's stream of news."""
    return f"{PREFIX}news:{process}"


NEWS_KEPT: Final = 100_000  # about so many, of one process, until it has read them

_NOW: Final = """
local function micros(given)
    if given ~= '' then return tonumber(given) end
    local time = redis.call('TIME')
    return time[1] * 1000000 + time[2]
end
local function whole(number) return string.format('%.0f', number) end
"""

_DROP: Final = """
local function count(keys, name, envelopes, bytes)
    local writer = string.sub(name, 1, 32)
    redis.call('HINCRBY', keys[2], 'bytes', bytes)
    redis.call('HINCRBY', keys[2], writer, bytes)
    if redis.call('HINCRBY', keys[2], 'n' .. writer, envelopes) <= 0 then
        redis.call('HDEL', keys[2], writer, 'n' .. writer)
    end
end
local function drop(keys, name, seq)
    redis.call('ZREM', keys[1], name)
    redis.call('UNLINK', keys[5] .. seq)
    count(keys, name, -1, -(redis.call('HGET', keys[2], name) or 0))
    redis.call('HDEL', keys[2], name)
end
"""

# The keys of each mailbox; now, age (both in microseconds); most envelopes and most bytes, of all writers and of one;
# our process; what an envelope counts for besides its bytes; how long a revocation is kept, and how long before another
# try is noted (both in microseconds); then of each envelope: mailbox, writer, id, body. Many that come together cost
# Redis, and us, little more than one.
PUT: Final = f"""#!lua
{_NOW}{_DROP}
local now, age, us = micros(ARGV[1]), tonumber(ARGV[2]), ARGV[7]
local age_ms = whole(age / 1000)
local function put(keys, mailbox, writer, id, body)
    local tried = redis.call('ZSCORE', keys[3], writer)
    if tried and tonumber(tried) > now - ARGV[9] then
        if tonumber(tried) < now - ARGV[10] then
            redis.call('ZADD', keys[3], whole(now), writer)
            redis.call('PEXPIRE', keys[3], whole(ARGV[9] / 1000))
        end
        return 'revoked'
    end
    local name = writer .. id
    local old = redis.call('ZRANGE', keys[1], '-inf', whole(now - age), 'BYSCORE', 'WITHSCORES')
    for n = 1, #old, 2 do drop(keys, old[n], old[n + 1]) end
    local before = redis.call('ZSCORE', keys[1], name)
    local facts = redis.call('HMGET', keys[2], 'seq', 'bytes', name, writer, 'n' .. writer)
    local size = #body + ARGV[8]
    local more, grows = before and 0 or 1, size - (facts[3] or 0)
    if redis.call('ZCARD', keys[1]) + more > tonumber(ARGV[3]) then return 'full' end
    if (facts[2] or 0) + grows > tonumber(ARGV[4]) then return 'full' end
    if (facts[5] or 0) + more > tonumber(ARGV[5]) then return 'full' end
    if (facts[4] or 0) + grows > tonumber(ARGV[6]) then return 'full' end
    local seq = whole(math.max(now, (facts[1] or 0) + 1))
    if before then redis.call('UNLINK', keys[5] .. before) end
    redis.call('SET', keys[5] .. seq, body, 'PX', age_ms)
    redis.call('ZADD', keys[1], seq, name)
    redis.call('HSET', keys[2], 'seq', seq, name, whole(size))
    count(keys, name, more, grows)
    redis.call('PEXPIRE', keys[1], age_ms)
    redis.call('PEXPIRE', keys[2], age_ms)
    for _, process in ipairs(redis.call('SMEMBERS', keys[4])) do
        if process ~= us then
            local news = '{PREFIX}news:' .. process
            if not redis.call('XADD', news, 'NOMKSTREAM', 'MAXLEN', '~', {NEWS_KEPT}, '*', 'mailbox', mailbox) then
                redis.call('SREM', keys[4], process)
            end
        end
    end
    return 'stored'
end
local outcomes = {{}}
for n = 0, #KEYS / 5 - 1 do
    local keys = {{KEYS[5 * n + 1], KEYS[5 * n + 2], KEYS[5 * n + 3], KEYS[5 * n + 4], KEYS[5 * n + 5]}}
    outcomes[n + 1] = put(keys, ARGV[4 * n + 11], ARGV[4 * n + 12], ARGV[4 * n + 13], ARGV[4 * n + 14])
end
return outcomes
"""

# now, age, after, most envelopes, most bytes
WAITING: Final = f"""#!lua flags=no-writes
{_NOW}
local after = math.max(tonumber(ARGV[3]), micros(ARGV[1]) - tonumber(ARGV[2]))
local page, room = {{}}, tonumber(ARGV[5])
local found = redis.call('ZRANGE', KEYS[1], '(' .. whole(after), '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[4], 'WITHSCORES')
for n = 1, #found, 2 do
    local size = tonumber(redis.call('HGET', KEYS[2], found[n]) or 0)
    if #page > 0 and size > room then break end
    local body = redis.call('GET', KEYS[5] .. found[n + 1])
    if body then
        page[#page + 1] = {{string.sub(found[n], 33), found[n + 1], body}}
        room = room - size
    end
end
return page
"""

# now, age
COUNT: Final = f"""#!lua flags=no-writes
{_NOW}
return redis.call('ZCOUNT', KEYS[1], '(' .. whole(micros(ARGV[1]) - tonumber(ARGV[2])), '+inf')
"""

# id, seq, id, seq, …
DELETE: Final = f"""#!lua flags=allow-oom
{_DROP}
for n = 1, #ARGV, 2 do
    for _, name in ipairs(redis.call('ZRANGE', KEYS[1], ARGV[n + 1], ARGV[n + 1], 'BYSCORE')) do
        if string.sub(name, 33) == ARGV[n] then drop(KEYS, name, ARGV[n + 1]) end
    end
end
"""

# writer, most revoked; now, how long it is kept (both in microseconds). It takes memory, which may be full.
REVOKE: Final = f"""#!lua
{_NOW}{_DROP}
local now = micros(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', whole(now - ARGV[4]))
if not redis.call('ZSCORE', KEYS[3], ARGV[1]) and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[2]) then
    return 'full'
end
redis.call('ZADD', KEYS[3], whole(now), ARGV[1])
redis.call('PEXPIRE', KEYS[3], whole(ARGV[4] / 1000))
local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for n = 1, #all, 2 do
    if string.sub(all[n], 1, 32) == ARGV[1] then drop(KEYS, all[n], all[n + 1]) end
end
return 'revoked'
"""

# now, how long a revocation is kept (both in microseconds); a writer
REVOKED: Final = f"""#!lua flags=no-writes
{_NOW}
local tried = redis.call('ZSCORE', KEYS[3], ARGV[3])
return (tried and tonumber(tried) > micros(ARGV[1]) - ARGV[2]) and 1 or 0
"""

# of one mailbox: our process, how long to remember (ms)
WATCH: Final = """#!lua flags=allow-oom
redis.call('SADD', KEYS[4], ARGV[1])
redis.call('PEXPIRE', KEYS[4], ARGV[2])
"""

# keys: about a process, its news; what there is about it, how long it holds (ms). Tells whether we had been forgotten.
BEAT: Final = """#!lua flags=allow-oom
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local forgotten = 1 - redis.call('EXISTS', KEYS[2])
if forgotten == 1 then redis.call('XADD', KEYS[2], '*', 'begins', '') end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return forgotten
"""

# key: a room; whose it must be
RELEASE: Final = """#!lua flags=allow-oom
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
