"""Which story does a new StoryCore show? One with a loop, conditions, effects and two endings."""

from __future__ import annotations

from dataclasses import dataclass

TITLE = "The Keeper of Gull Rock"
DESCRIPTION = (
    "The lamp of the old lighthouse has gone dark, and a ship is due before midnight. "
    "Search the rock, light the lamp, or face what the storm brings."
)

VARIABLES = [
    {
        "name": "oil",
        "type": "integer",
        "default": 0,
        "min": 0,
        "max": 3,
        "description": "Measures of lamp oil in your can.",
    },
    {
        "name": "has_matches",
        "type": "boolean",
        "default": False,
        "description": "Whether you carry dry matches.",
    },
    {
        "name": "gull_trust",
        "type": "boolean",
        "default": False,
        "description": "Whether the one-eyed gull has made up its mind about you.",
    },
]


@dataclass(frozen=True, slots=True)
class DemoChoice:
    """A way out; effects are (variable, op, value)."""

    text: str
    to: str
    condition: str | None = None
    effects: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DemoScene:
    """A scene with the mood that its picture and its sound are made of."""

    key: str
    title: str
    text: str
    place: tuple[float, float]
    scenery: str
    sound: str
    choices: tuple[DemoChoice, ...] = ()
    is_end: bool = False


SCENES = (
    DemoScene(
        key="landing",
        title="The Landing",
        text=(
            "The boat scrapes onto the shingle and the oars go still. Above you the lighthouse of Gull "
            "Rock stands black against a bruised sky. Its lamp should have been lit an hour ago."
        ),
        place=(0, 200),
        scenery="shore",
        sound="waves",
        choices=(
            DemoChoice("Climb the path to the lighthouse", "yard"),
            DemoChoice("Look into the boathouse first", "boathouse"),
        ),
    ),
    DemoScene(
        key="boathouse",
        title="The Boathouse",
        text=(
            "Nets, rope, the smell of tar. On a shelf stands a dented can with lamp oil, and beside it "
            "a tin box sits on an upturned crate."
        ),
        place=(260, 60),
        scenery="boathouse",
        sound="creak",
        choices=(
            DemoChoice(
                "Fill your can with a measure of oil",
                "boathouse",
                condition="oil < 2",
                effects=(("oil", "add", "1"),),
            ),
            DemoChoice(
                "Open the tin box",
                "tin_box",
                condition="not has_matches",
            ),
            DemoChoice("Go up to the yard", "yard"),
        ),
    ),
    DemoScene(
        key="tin_box",
        title="The Tin Box",
        text=(
            "Inside, wrapped in oilcloth, lies a box of matches, perfectly dry. Someone has scratched "
            "one word into the lid: SOON."
        ),
        place=(520, -60),
        scenery="table",
        sound="bell",
        choices=(
            DemoChoice("Take the matches", "boathouse", effects=(("has_matches", "set", "true"),)),
        ),
    ),
    DemoScene(
        key="yard",
        title="The Windy Yard",
        text=(
            "Wind tears at the washing line. A one-eyed gull watches you from the well. The tower door "
            "stands ajar; the keeper's cottage is dark."
        ),
        place=(300, 300),
        scenery="yard",
        sound="wind",
        choices=(
            DemoChoice("Knock at the cottage", "cottage"),
            DemoChoice("Go over to the gull", "gull", condition="not gull_trust"),
            DemoChoice("Enter the tower", "stairs"),
            DemoChoice("Walk back down to the boathouse", "boathouse"),
        ),
    ),
    DemoScene(
        key="gull",
        title="The One-Eyed Gull",
        text=(
            "The gull tilts its head. You hold out the crust from your pocket. It takes it, gravely, "
            "like a harbour master accepting papers, and hops ahead of you toward the tower."
        ),
        place=(560, 200),
        scenery="gull",
        sound="gull",
        choices=(
            DemoChoice(
                "Follow it back to the yard", "yard", effects=(("gull_trust", "set", "true"),)
            ),
        ),
    ),
    DemoScene(
        key="cottage",
        title="The Keeper's Cottage",
        text=(
            "The stove is cold. On the table lies the log book, its last entry three days old: "
            "'Oil low. The bird knows the gallery. If I do not come back, someone keep the light.'"
        ),
        place=(560, 380),
        scenery="cottage",
        sound="clock",
        choices=(
            DemoChoice(
                "Pour the stove's oil into your can",
                "yard",
                condition="once and oil < 3",
                effects=(("oil", "add", "1"),),
            ),
            DemoChoice("Step back into the wind", "yard"),
        ),
    ),
    DemoScene(
        key="stairs",
        title="The Stairs",
        text=(
            "One hundred and twelve steps. Halfway up, a window shows the sea, and on it, small as a "
            "grain of rice, the lights of a ship."
        ),
        place=(820, 300),
        scenery="stairs",
        sound="steps",
        choices=(
            DemoChoice("Climb on to the lamp room", "lamp_room"),
            DemoChoice("Turn back while there is time", "yard"),
        ),
    ),
    DemoScene(
        key="lamp_room",
        title="The Lamp Room",
        text=(
            "The great lens waits, cold and enormous. The reservoir takes two measures of oil. "
            "Behind the glass, rain begins."
        ),
        place=(1080, 260),
        scenery="lamp_room",
        sound="rain",
        choices=(
            DemoChoice(
                "Fill the reservoir and strike a match",
                "lit",
                condition="oil >= 2 and has_matches",
                effects=(("oil", "add", "-2"),),
            ),
            DemoChoice("Go out onto the gallery", "gallery"),
            DemoChoice("Go down again for what is missing", "stairs"),
        ),
    ),
    DemoScene(
        key="gallery",
        title="The Gallery",
        text=(
            "Up here the storm has a voice. The ship is close now, running straight for the teeth of "
            "the rock. Somewhere below the railing, something pale moves."
        ),
        place=(1080, 460),
        scenery="storm",
        sound="storm",
        choices=(
            DemoChoice("Let the gull lead you along the ledge", "keeper", condition="gull_trust"),
            DemoChoice("Wave your lantern until your arm gives out", "wreck"),
            DemoChoice("Back inside", "lamp_room"),
        ),
    ),
    DemoScene(
        key="keeper",
        title="The Keeper",
        text=(
            "Wedged between two stones sits the old keeper, his ankle broken, three days thin and "
            "grinning. 'You brought my bird,' he says. 'The lamp, child. I can hold the oil can if "
            "you can hold me.'"
        ),
        place=(1340, 420),
        scenery="ledge",
        sound="wind",
        choices=(
            DemoChoice(
                "Carry him to the lamp; he has matches of his own",
                "lit",
                condition="oil >= 1",
            ),
            DemoChoice("Shout to the ship with him until your voices fail", "wreck"),
        ),
    ),
    DemoScene(
        key="lit",
        title="The Light",
        text=(
            "The flame catches, climbs, and the lens throws it over twenty miles of black water. Out "
            "there a bell answers. The ship leans, slowly, and turns away from the rock. Dawn finds you "
            "still beside the lamp. Somebody has to keep it."
        ),
        place=(1600, 240),
        scenery="dawn",
        sound="harmony",
        is_end=True,
    ),
    DemoScene(
        key="wreck",
        title="The Dark",
        text=(
            "Wood on stone makes a sound that you will hear for the rest of your life. You spend the "
            "night hauling strangers from the surf. All of them live, and all of them ask the same "
            "question: why was there no light?"
        ),
        place=(1340, 620),
        scenery="wreck",
        sound="storm",
        is_end=True,
    ),
)
