/* How does a reader see a story, choose, and find it again tomorrow?
 *
 * Draws what evaluator.js (StoryLogic) says is the case. Texts of the author only ever become text nodes.
 * Saved is the way that was taken: replaying it gives the scene, the variables and all counts.
 */
(function (root) {
  "use strict";

  var WORDS = {
    choices: "What do you do?",
    end: "The end.",
    stuck: "There is no way on from here.",
    back: "Go back",
    again: "Start again",
    tools: "Story",
    nothing: "This story has no beginning.",
    unsaved: "This browser does not keep your place: it is lost when you leave the page.",
    picture: "Picture: ",
    sound: "Sound",
    music: "Music"
  };

  function element(name, className, text) {
    var made = root.document.createElement(name);
    if (className) {
      made.className = className;
    }
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  /* An element with words of the author, which read from the right in some languages. */
  function authored(name, className, text) {
    var made = element(name, className, text);
    made.dir = "auto";
    return made;
  }

  /* An element in the language of the player, which need not be that of the story. */
  function worded(name, className, text) {
    var made = element(name, className, text);
    made.lang = "en";
    return made;
  }

  /* ---- keeping the place ---- */

  function browserStorage() {
    try {
      var storage = root.localStorage;
      storage.setItem("storycore:probe", "1");
      storage.removeItem("storycore:probe");
      return storage;
    } catch (error) {
      return null;
    }
  }

  function Place(key, storage) {
    this.key = key;
    this.storage = storage;
    this.isKept = storage !== null;
    this.memory = null;
  }

  Place.prototype.load = function () {
    var text = this.memory;
    try {
      text = this.storage ? this.storage.getItem(this.key) : text;
      var way = JSON.parse(text);
      return Array.isArray(way) ? way : [];
    } catch (error) {
      return [];
    }
  };

  Place.prototype.save = function (way) {
    this.memory = JSON.stringify(way);
    try {
      if (this.storage) {
        this.storage.setItem(this.key, this.memory);
      }
    } catch (error) {
      this.isKept = false;
    }
  };

  /* ---- playing ---- */

  function replayed(game, way) {
    var move = root.StoryLogic.start(game);
    for (var index = 0; move && index < way.length; index += 1) {
      var next = root.StoryLogic.takeChoice(game, move.state, way[index]);
      if (next === null) {
        break;
      }
      move = next;
    }
    return move && move.state;
  }

  function wayOf(state) {
    return state.history.map(function (step) { return step.choice; });
  }

  function Player(host, data, storage) {
    this.host = host;
    this.game = root.StoryLogic.compileStory(data);
    this.media = data.media || {};
    this.place = new Place("storycore:" + data.id + ":" + (data.edition || ""), storage);
    this.state = replayed(this.game, this.place.load());
  }

  Player.prototype.go = function (state) {
    this.state = state;
    this.place.save(wayOf(state));
    this.draw();
    this.host.querySelector(".scene-title").focus();
    root.scrollTo(0, 0);
  };

  Player.prototype.choose = function (choice) {
    var move = root.StoryLogic.takeChoice(this.game, this.state, choice.id);
    if (move !== null) {
      this.go(move.state);
    }
  };

  Player.prototype.draw = function () {
    var main = element("main");
    var title = element("header");
    title.appendChild(authored("h1", "story-title", this.game.data.title));
    if (this.state === null) {
      main.appendChild(worded("p", "outcome", WORDS.nothing));
      this.host.replaceChildren(title, main);
      return;
    }
    this.drawScene(main, this.game.scenes[this.state.scene]);
    this.host.replaceChildren(title, main, this.tools());
  };

  Player.prototype.drawScene = function (main, scene) {
    var heading = authored("h2", "scene-title", scene.title);
    heading.tabIndex = -1;
    main.appendChild(heading);
    this.drawMedia(main, scene);
    scene.text.split(/\n\s*\n/).forEach(function (part) {
      if (part.trim()) {
        main.appendChild(paragraph(part.trim()));
      }
    });
    this.drawChoices(main, scene);
  };

  function paragraph(text) {
    var made = authored("p");
    text.split("\n").forEach(function (line, index) {
      if (index) {
        made.appendChild(element("br"));
      }
      made.appendChild(root.document.createTextNode(line));
    });
    return made;
  }

  Player.prototype.drawMedia = function (main, scene) {
    var picture = this.address(scene.image);
    if (picture) {
      var shown = element("img", "scene-picture");
      shown.src = picture;
      shown.alt = WORDS.picture + scene.title;
      main.appendChild(shown);
    }
    this.drawSound(main, scene.sound, WORDS.sound, false);
    this.drawSound(main, scene.music, WORDS.music, true);
  };

  Player.prototype.drawSound = function (main, key, label, loop) {
    var address = this.address(key);
    if (address) {
      var heard = worded("audio", "scene-sound");
      heard.controls = true;
      heard.loop = loop;
      heard.preload = "metadata";
      heard.src = address;
      heard.setAttribute("aria-label", label);
      main.appendChild(heard);
    }
  };

  Player.prototype.address = function (key) {
    var known = key && Object.prototype.hasOwnProperty.call(this.media, key);
    return known ? this.media[key] : null;
  };

  Player.prototype.drawChoices = function (main, scene) {
    var player = this;
    var offers = root.StoryLogic.offers(this.game, this.state).filter(function (offer) {
      return offer.available;
    });
    if (scene.isEnd || !offers.length) {
      main.appendChild(worded("p", "outcome", scene.isEnd ? WORDS.end : WORDS.stuck));
    }
    if (!offers.length) {
      return;
    }
    var navigation = element("nav");
    navigation.setAttribute("aria-label", WORDS.choices);
    var list = element("ul", "choices");
    offers.forEach(function (offer) {
      var item = element("li");
      var button = authored("button", "", offer.choice.text);
      button.type = "button";
      button.addEventListener("click", function () { player.choose(offer.choice); });
      item.appendChild(button);
      list.appendChild(item);
    });
    navigation.appendChild(list);
    main.appendChild(navigation);
  };

  Player.prototype.tools = function () {
    var player = this;
    var footer = worded("footer");
    var bar = element("div", "tools");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", WORDS.tools);
    if (this.state.history.length) {
      bar.appendChild(tool(WORDS.back, function () {
        player.go(root.StoryLogic.goBack(player.state, 1));
      }));
      bar.appendChild(tool(WORDS.again, function () { player.go(replayed(player.game, [])); }));
    }
    if (bar.childNodes.length) {
      footer.appendChild(bar);
    }
    if (!this.place.isKept) {
      footer.appendChild(element("p", "note", WORDS.unsaved));
    }
    return footer;
  };

  function tool(label, act) {
    var button = element("button", "", label);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  /* Show a story in an element; `storage` is where the place is kept, null for nowhere. */
  function mount(host, data, storage) {
    var player = new Player(host, data, storage === undefined ? browserStorage() : storage);
    player.draw();
    return player;
  }

  root.StoryPlayer = { mount: mount };

  var embedded = root.document.getElementById("story-data");
  if (embedded) {
    mount(root.document.getElementById("story-player"), JSON.parse(embedded.textContent));
  }
})(globalThis);
