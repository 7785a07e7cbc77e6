"""Fixtures for tests of servers."""

from tests.net.redis_server import redis as redis
from tests.net.redis_server import shared_redis as shared_redis
