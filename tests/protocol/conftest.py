"""How properties are tested here."""

from hypothesis import settings

# A time limit for one example measures how busy the machine is; pytest-timeout watches the whole test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
