It is late. <>
TODO: more here
{wait: -> morning}
+ (wait) [Wait]
+ + [Longer] You doze off\.
+ + \[Odd\] -> morning
- - (dusk) Dusk falls.
+ Go [now] at once -> DONE
- (night) Night.
-> tunnel ->
{shuffle:
  - one
  - two -> morning
}
<- thread
* {night > 1 and not dusk} [Hurry] -> morning
* -> morning

== morning
{ - night > 2: -> night_end
  - else: -> END }
= night_end
{dusk:It was dusk|It was not}. -> nowhere
== tunnel
Inside. ->->
== thread(x)
Threaded.
-> DONE
