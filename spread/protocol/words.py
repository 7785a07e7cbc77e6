"""The words of codes and of check words: short, common, easy to tell apart over the telephone."""

from collections.abc import Callable, Sequence
from typing import Final

_TEXT: Final = """
able acid acorn acre actor adopt adult agent agile alarm album alert alien alley allow alloy almond alpha
amber amend ample anchor angel angle ankle antler anvil apple apron arch arctic arena argue armor aroma
arrow artist ascend aspect aspen asset atlas atom attic audio august aunt autumn avenue awake award axis
azure bacon badge badger bagel baker balance ballad balloon bamboo banana banjo banker banner barge barley
barn baron barrel basil basin basket batch baton beach beacon bead beam bean bear beaver bench berry bevel
bicycle bingo birch bird bishop bison blade blanket blaze blend blink block bloom blossom blouse blue
bluff boat bobcat body bolt bonfire bonus book booth border borrow bottle boulder bounce bowl boxer
bracket brain branch brass brave bread breeze brick bridge bright brisk broad bronze broom brother brown
brush bubble bucket buckle buddy budget buffalo bugle build bulb bumper bundle bunny burger burrow bus
bush butter button buyer cabbage cabin cable cactus cake calm camel camera camp canal canary candle candy
canoe canvas canyon captain caravan carbon card cargo carol carpet carrot cart carve cashew castle casual
catalog cattle cause cave cedar celery cello cement center cereal chain chair chalk champion channel
chapel chapter charm chart chase check cheese cherry chess chest chicken chief child chili chimney chin
chip choice choir chorus cider cinema circle circus citrus city civic claim clap clarify clay clean clever
cliff climb clinic clock cloth cloud clover clown club coach coast cobalt cobra cocoa coconut coffee coil
coin collar colony color column comet comfort comic common compass concert condor copper coral cork corn
corner cosmic cottage cotton couch cougar council count county couple courage course cousin cover cowboy
coyote crab cradle craft crane crater crayon cream credit creek crest crew cricket crisp critic crown
cruise crumb crush crystal cube cuckoo cumin cupcake curtain curve cushion custom cycle cymbal daily dairy
daisy dance daring dash data dawn deal debate decade deck decor deer defend degree delta denim dentist
depot depth deputy derby desert design desk detail diagram dial diamond diary diesel digit dinner diploma
direct disco dish diver divide dock doctor dodge dolphin domain domino donkey donor donut door dough dove
dozen draft dragon drama draw dream dress drift drill drink drive drum duck duet dune dusk dust dwarf
dynamo eagle early earth easel east easy echo eclipse edge editor eight elbow elder elect elegant element
elephant elevator elite ember emerald emotion empire encore energy engine enjoy enter entry envoy epic
equal equip era errand escape essay estate evening event exact example excite exhibit exit exotic expand
expert export extra eye fabric face factor faculty fair falcon family famous fancy farm fashion father
favor feast feather fellow fence fender fern ferry festival fiber fiction fiddle field fifty figure film
filter final finch finger finish firefly firm first fish fitness flag flame flannel flash flavor fleet
flight flint float flock floor flour flower fluid flute foam focus fog folder folk food forest forge fork
formal fortune forum fossil fountain fox fragile frame freedom freezer fresh friend frog front frost fruit
fudge fuel funnel furnace fusion future gadget galaxy gallery gallon gamma garage garden garlic garnet
gate gather gazelle gear gecko gem general genius gentle geyser giant gift ginger giraffe glacier glad
glass glide globe glory glove glow glue goal goat golden golf good goose gorilla gospel gossip gourd grace
grain grand granite grape graph grass gravel gravity green greet grid grill grin grocer group grove guard
guava guess guest guide guitar gulf gull gust gypsum habit hail half hammer hammock hamster handle happy
harbor harmony harp harvest hat hawk hazel head heart hedge helmet help herald herb hero heron hickory
hill hinge hippo history hobby hockey hollow holly home honey honor hoof hook hope horizon horn horse
hostel hotel hour house hover human humble humor hunter hurdle husky hydro icicle icon idea igloo image
impact inch index indigo indoor infant ink inlet input insect inside invent invite iris iron island item
ivory ivy jacket jade jaguar jam jar jasmine jazz jelly jersey jewel jigsaw jingle job jockey join joke
jolly journal journey joy judge juggle juice jumbo jump jungle junior juniper jury justice kale kangaroo
karate kayak kernel kettle keyboard kidney kiln kimono kind kingdom kiosk kitchen kite kitten kiwi knee
knight knit knob knot koala label labor lace ladder ladle lady lagoon lake lamp language lantern laptop
large laser latch later laugh launch laundry laurel lava lawn lawyer layer leader leaf league lecture
ledge legend lemon lens lentil leopard lesson letter lettuce level lever library license light lilac lily
lime linen lion liquid list liter little lizard llama lobby lobster local locket lodge logic lotus loud
lounge lucky lumber lunar lunch lyric machine magic magnet mail major mallet mammal mango manor mantle
maple marble march margin marine marker market maroon marsh mascot mask master match math matrix matter
maximum mayor maze meadow meal medal media medium mellow melody melon member memory mentor menu merchant
mercury merit metal meteor meter method middle midnight might milk mill mimic mineral minimum minor mint
minute mirror mister mitten mixer mobile model modern modest moment monarch money monitor monkey month
monument mood moon moral morning mosaic moss motel mother motion motor mountain mouse movie muffin mule
muscle museum mushroom music mustang mustard myth nail name napkin narrow nation native nature navy nectar
needle neighbor nephew nerve nest network neutral nickel night nimble ninja noble noise noodle normal
north nose notable note novel number nurse nutmeg nylon oak oasis oat object oboe ocean octave october
octopus offer office olive omega omelet onion online onyx opal open opera opinion optic orange orbit
orchard orchid order oregano organ origin osprey ostrich otter outfit outline oval oven owl owner oxygen
oyster pacific package paddle page paint palace palm pancake panda panel panther papaya paper paprika
parade parcel park parrot parsley partner party pasta pastel pasture patch path patient patrol pattern
pause pavement peach peacock peanut pearl pebble pecan pedal pelican pencil penguin pepper perfect perfume
period permit person petal phone photo piano pickle picnic picture piece pigeon pilgrim pillow pilot pine
pink pioneer pistachio pitch pixel pizza plain planet plant plaster plate platform plaza plum plume plus
pocket poem poet point polar polish polite pond pony poodle popcorn poplar poppy porch portal potato
pottery powder prairie praise premium present pretty prince print prism prize profile project promise
proper proud public pudding puffin pulley pulse pumpkin puppet puppy purple purse puzzle pyramid quail
quality quantum quarry quart quartz queen query quest quick quiet quill quilt quince quiver quiz quota
rabbit raccoon radar radio radish raft railway rain raisin rally ranch random ranger rapid raven ravine
razor reason recipe record red reef refuge region relax relay remedy remote rental report rescue resort
result ribbon rice riddle ridge ring ripple river road robe robin robot rocket rodeo roller romance roof
rookie room rooster rose rotor round route rover royal rubber ruby rudder rugby ruler rumble runner rural
rust saddle safari saffron saga sail salad salmon salon salsa salt salute sample sand sandal sapphire
satin saturn sauce sausage savory scale scarf scene scholar school science scooter score scout screen
script scroll sculpt seal season second secret section seed segment senator senior sensor sequel series
sesame seven shadow shallow shampoo shape shark sheep sheet shelf shell sheriff shield shine ship shirt
shoe shop shore short shovel shower shrimp shuttle sierra signal silent silk silver similar simple singer
siren sister six sketch ski skill skirt sky sled sleeve slice slide slogan slope smart smile smoke smooth
snack snail snow soap soccer social sock soda sofa soft solar solid sonar song sonic soup source south soy
space spark sparrow special speech spice spider spinach spiral spirit splash sponge spoon sport spring
sprout square squash squid stable stadium staff stage stair stamp star statue steam steel stem stereo
stone stork storm story stove strategy straw stream street stripe studio subway sugar suit summer summit
sun sunset super surf surprise swan sweater swift swing switch symbol syrup system table tablet tackle
tailor talent tango tank tape target tart tavern taxi teacher team teapot temple tender tennis tent
terrace theater theory thick thimble thorn thread throne thumb thunder ticket tiger timber timer tinsel
tiny titan toast today toffee token tomato topaz topic torch tornado tortoise total toucan tower town
tractor trade traffic trail train travel tray treasure tree trend triangle tribe trick trophy tropic trout
truck trumpet trunk truth tuba tulip tuna tundra tunnel turbo turkey turnip turtle tutor tuxedo twelve
twenty twig twin twist ultra umbrella uncle under uniform union unique unit universe upper urban urchin
useful usual utopia vacuum valid valley valve vanilla vapor vault vector velvet vendor venture venue verb
verse vessel veteran viaduct victor video view village vine vinegar vintage viola violet violin virtual
visa vision visit vital vivid vocal voice volcano volume voyage wafer wagon waist walnut walrus waltz warm
wasp water wave wax wealth weather weaver wedge weekend west whale wheat wheel whisper whistle white width
willow winner winter wire wisdom wizard wolf wombat wonder wood wool word world worm wreath wren wrist
writer yacht yard yarn year yeast yellow yogurt young youth yoyo zebra zenith zephyr zero zigzag zinc
zipper zodiac zone zoom
"""
WORDS: Final = tuple(_TEXT.split())


def pick(count: int, random_bytes: Callable[[int], bytes], among: Sequence[str] = WORDS) -> list[str]:
    """Return `count` of `among`, each drawn without bias: three words are worth at least 31 bits."""
    limit = 65536 - 65536 % len(among)
    picked: list[str] = []
    while len(picked) < count:
        draw = int.from_bytes(random_bytes(2), "big")
        if draw < limit:  # a draw past the last whole multiple would favour the first ones
            picked.append(among[draw % len(among)])
    return picked


def check_words(secret_hash: bytes) -> str:
    """Return the four words two screens must show alike, from at least 8 bytes of a hash."""
    number = int.from_bytes(secret_hash[:16], "big")
    words = []
    for _ in range(4):
        number, at = divmod(number, len(WORDS))
        words.append(WORDS[at])
    return " ".join(words)
