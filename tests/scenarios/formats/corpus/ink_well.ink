# title: The Well
# author: Nobody
VAR gold = 5
VAR name = "Ann"
VAR wet = false
VAR depth = -1.5
CONST PRICE = 3
LIST moods = happy, sad
EXTERNAL ring(bell)
-> village

=== village ===
You stand at the well, {name}. // a note
* [Look down] It is dark.
  Something glints.
  * * Climb down -> well
  * * (stay) [Stay up]
      You stay.
  - - You think it over.
* {gold >= 3} {not well} [Buy a rope]
  ~ gold -= 3
* "Leave," you said.
  -> END
+ {LIST_COUNT(moods) > 1} Sing
- The sun sets.
{ gold > 3:
    -> rich
  - else:
    -> poor
}

=== well ===
= top
Dark{gold > 1: and rich}.
+ [Up] -> village
+ {not village.stay} [Down] -> bottom
= bottom
~ wet = true
The end of it.
-> END

=== rich
Rich. -> END
=== poor
~ gold++
~ temp x = gold
Poor.
-> village
/* a
   longer comment */
=== function double(x)
~ return x * 2
