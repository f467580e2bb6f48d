=== k
First line.
-> top
Dead words here.
- (top) Labelled gather after divert.
* choice one -> END
- -> END
More dead words.
* dead choice -> k
-> loop
=== loop
* one
* two
* -> out
+ [x] -> loop
- (back) text
{back > 3: -> out}
-> loop
=== out
* {not loop} weird
* ->
  Fallback words.
  -> END
=== notes // of the author
Words. /* over
   two lines */ More.
TODO: more of them
* Leave # sad
* [Stay # glad]  so  {loop:long} # end
- -> END
