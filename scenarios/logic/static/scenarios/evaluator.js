/* What is a condition's value in a state of play, and what does a choice lead to, in a browser?
 *
 * The twin of scenarios/logic/evaluation.py, effects.py and playing.py: same trees, same results, same
 * errors (reason, line, column). It evaluates JSON trees that the server's parser made; it runs no text.
 * Works as an inlined script (window.StoryLogic) and under Node (require). No dependency, no request.
 */
(function (root, factory) {
  "use strict";
  if (typeof module === "object" && module.exports) {
    module.exports = factory();
  } else {
    root.StoryLogic = factory();
  }
})(typeof globalThis === "undefined" ? this : globalThis, function () {
  "use strict";

  var MAX_NUMBER = Number.MAX_SAFE_INTEGER;
  var MAX_TEXT = 1000;
  var MAX_LIST = 100;

  /* ---- errors ---- */

  function LogicError(node, reason, message) {
    this.name = "LogicError";
    this.reason = reason;
    this.line = node.at[0];
    this.column = node.at[1];
    this.message = message;
  }
  LogicError.prototype = Object.create(Error.prototype);
  LogicError.prototype.constructor = LogicError;

  function mismatch(node, wanted) {
    return new LogicError(node, "TYPE_MISMATCH", "This should be " + wanted + ".");
  }

  /* ---- values ---- */

  function own(record, key) {
    return Object.prototype.hasOwnProperty.call(record, key) ? record[key] : undefined;
  }

  /* Without a prototype, so that no name or id of an author can mean anything else. */
  function copied(record) {
    return Object.assign(Object.create(null), record);
  }

  function isNumber(value) {
    return typeof value === "number";
  }

  function isText(value) {
    return typeof value === "string";
  }

  function isItem(value) {
    return isText(value) || isNumber(value);
  }

  /* Counted in code points, as Python does. */
  function textLength(text) {
    return text.length <= MAX_TEXT ? text.length : Array.from(text).length;
  }

  function same(left, right) {
    if (Array.isArray(left) && Array.isArray(right)) {
      return left.length === right.length && left.every(function (item, index) {
        return item === right[index];
      });
    }
    return left === right;
  }

  /* A -0 needs no care: it equals 0, is written as 0, and nothing can be divided by it. */
  function within(node, number) {
    if (!(number >= -MAX_NUMBER && number <= MAX_NUMBER)) {
      throw new LogicError(node, "NUMBER_TOO_LARGE", "Numbers go up to " + MAX_NUMBER + ".");
    }
    return number;
  }

  /* ---- expressions ---- */

  function joined(node, scope, decisive) {
    for (var index = 0; index < node.args.length; index += 1) {
      var value = evaluate(node.args[index], scope);
      if (value === decisive) {
        return decisive;
      }
      if (typeof value !== "boolean") {
        throw mismatch(node.args[index], "true or false");
      }
    }
    return !decisive;
  }

  function both(node, scope) {
    return [evaluate(node.args[0], scope), evaluate(node.args[1], scope)];
  }

  function numbers(node, scope) {
    var pair = both(node, scope);
    for (var index = 0; index < 2; index += 1) {
      if (!isNumber(pair[index])) {
        throw mismatch(node.args[index], "a number");
      }
    }
    return pair;
  }

  function divisible(node, scope) {
    var pair = numbers(node, scope);
    if (pair[1] === 0) {
      throw new LogicError(node, "DIVISION_BY_ZERO", "Nothing can be divided by zero.");
    }
    return pair;
  }

  function plus(node, scope) {
    var pair = both(node, scope);
    if (!isItem(pair[0])) {
      throw mismatch(node.args[0], "a number or a text");
    }
    if (typeof pair[0] !== typeof pair[1]) {
      throw mismatch(node.args[1], isText(pair[0]) ? "a text" : "a number");
    }
    var sum = pair[0] + pair[1];
    if (isNumber(sum)) {
      return within(node, sum);
    }
    if (textLength(sum) > MAX_TEXT) {
      throw new LogicError(
        node, "TEXT_TOO_LONG", "A text has at most " + MAX_TEXT + " characters."
      );
    }
    return sum;
  }

  /* The remainder with the divisor's sign, by the same steps as CPython's float modulo. */
  function modulo(node, scope) {
    var pair = divisible(node, scope);
    var rest = pair[0] % pair[1];
    if (rest !== 0 && rest < 0 !== pair[1] < 0) {
      rest += pair[1];
    }
    return within(node, rest);
  }

  function contains(node, scope) {
    var pair = both(node, scope);
    if (Array.isArray(pair[1])) {
      if (!isItem(pair[0])) {
        throw mismatch(node.args[0], "a text or a number");
      }
      return pair[1].indexOf(pair[0]) >= 0;
    }
    if (!isText(pair[1])) {
      throw mismatch(node.args[1], "a list or a text");
    }
    if (!isText(pair[0])) {
      throw mismatch(node.args[0], "a text");
    }
    return pair[1].indexOf(pair[0]) >= 0;
  }

  function list(node, scope) {
    var items = node.args.map(function (part) {
      return evaluate(part, scope);
    });
    items.forEach(function (item, index) {
      if (!isItem(item)) {
        throw mismatch(node.args[index], "a text or a number");
      }
    });
    if (items.length > MAX_LIST) {
      throw new LogicError(node, "LIST_TOO_LONG", "A list has at most " + MAX_LIST + " items.");
    }
    return items;
  }

  function variable(node, scope) {
    var value = own(scope.variables, node.name);
    if (value === undefined) {
      throw new LogicError(node, "UNDECLARED_VARIABLE", "No variable is called " + node.name + ".");
    }
    return value;
  }

  function negated(node, scope) {
    var value = evaluate(node.args[0], scope);
    if (typeof value !== "boolean") {
      throw mismatch(node.args[0], "true or false");
    }
    return !value;
  }

  function negative(node, scope) {
    var value = evaluate(node.args[0], scope);
    if (!isNumber(value)) {
      throw mismatch(node.args[0], "a number");
    }
    return -value;
  }

  function ordering(compare) {
    return function (node, scope) {
      var pair = numbers(node, scope);
      return compare(pair[0], pair[1]);
    };
  }

  function equality(wanted) {
    return function (node, scope) {
      var pair = both(node, scope);
      return same(pair[0], pair[1]) === wanted;
    };
  }

  var RULES = Object.assign(Object.create(null), {
    const: function (node) { return node.value; },
    variable: variable,
    visited: function (node, scope) { return (own(scope.visits, node.scene) || 0) > 0; },
    visits: function (node, scope) { return own(scope.visits, node.scene) || 0; },
    once: function (node, scope) { return scope.uses === 0; },
    list: list,
    and: function (node, scope) { return joined(node, scope, false); },
    or: function (node, scope) { return joined(node, scope, true); },
    not: negated,
    neg: negative,
    "==": equality(true),
    "!=": equality(false),
    "<": ordering(function (left, right) { return left < right; }),
    "<=": ordering(function (left, right) { return left <= right; }),
    ">": ordering(function (left, right) { return left > right; }),
    ">=": ordering(function (left, right) { return left >= right; }),
    in: contains,
    "+": plus,
    "-": function (node, scope) {
      var pair = numbers(node, scope);
      return within(node, pair[0] - pair[1]);
    },
    "*": function (node, scope) {
      var pair = numbers(node, scope);
      return within(node, pair[0] * pair[1]);
    },
    "/": function (node, scope) {
      var pair = divisible(node, scope);
      return within(node, pair[0] / pair[1]);
    },
    "%": modulo,
    error: function (node) { throw new LogicError(node, node.reason, node.message); }
  });

  /* The value of a tree in a scope {variables, visits, uses}; throws LogicError. */
  function evaluate(node, scope) {
    return RULES[node.op](node, scope);
  }

  /* The same for what must be true or false. */
  function evaluateCondition(node, scope) {
    var value = evaluate(node, scope);
    if (typeof value !== "boolean") {
      throw new LogicError(node, "TYPE_MISMATCH", "A condition is true or false.");
    }
    return value;
  }

  /* ---- effects ---- */

  function fitted(declared, value) {
    if (declared.type === "integer" || declared.type === "number") {
      var whole = declared.type === "integer" ? Math.floor(value) : value;
      var low = declared.min === null ? -MAX_NUMBER : declared.min;
      var high = declared.max === null ? MAX_NUMBER : declared.max;
      return Math.min(Math.max(whole, low), high);
    }
    if (declared.type === "enum" && declared.values.indexOf(value) < 0) {
      return undefined;
    }
    return value;
  }

  function appended(node, present, item) {
    if (present.length >= MAX_LIST) {
      throw new LogicError(node, "LIST_TOO_LONG", "A list has at most " + MAX_LIST + " items.");
    }
    return present.concat([item]);
  }

  /* Without the first such item. */
  function removed(present, item) {
    var index = present.indexOf(item);
    return index < 0 ? present : present.slice(0, index).concat(present.slice(index + 1));
  }

  function combined(effect, present, given) {
    switch (effect.op) {
      case "add": return within(effect.value, present + given);
      case "append": return appended(effect.value, present, given);
      case "remove": return removed(present, given);
      default: return given;
    }
  }

  function changed(effect, declared, scope) {
    var given = effect.value === null ? null : evaluate(effect.value, scope);
    var present = own(scope.variables, effect.variable);
    if (present === undefined) {
      present = declared.default;
    }
    if (effect.op === "toggle") {
      return !present;
    }
    var value = fitted(declared, combined(effect, present, given));
    if (value === undefined) {
      throw new LogicError(
        effect.value,
        "VALUE_NOT_ALLOWED",
        declared.name + " is one of: " + declared.values.join(", ") + "."
      );
    }
    return value;
  }

  /* {variables, problems}: an effect that fails changes nothing and does not stop the others. */
  function applyEffects(game, effects, scope) {
    var variables = copied(scope.variables);
    var seen = { variables: variables, visits: scope.visits, uses: scope.uses };
    var problems = [];
    effects.forEach(function (effect) {
      try {
        variables[effect.variable] = changed(effect, own(game.declared, effect.variable), seen);
      } catch (error) {
        if (!(error instanceof LogicError)) {
          throw error;
        }
        problems.push(error);
      }
    });
    return { variables: variables, problems: problems };
  }

  /* ---- play: states are plain JSON values and are never changed in place ---- */

  /* A story as the server sends it, made ready to play. */
  function compileStory(data) {
    var game = { data: data, start: data.start, scenes: Object.create(null) };
    game.declared = Object.create(null);
    data.scenes.forEach(function (scene) { game.scenes[scene.id] = scene; });
    data.variables.forEach(function (declared) { game.declared[declared.name] = declared; });
    return game;
  }

  /* {state, problems} in the start scene; null when the story has none. */
  function start(game) {
    if (game.start === null) {
      return null;
    }
    var variables = Object.create(null);
    game.data.variables.forEach(function (declared) {
      variables[declared.name] = declared.default;
    });
    var nowhere = { scene: game.start, variables: variables, visits: {}, taken: {}, history: [] };
    return enterScene(game, nowhere, game.start);
  }

  function enterScene(game, state, sceneId) {
    var earlier = own(state.visits, sceneId) || 0;
    var visits = copied(state.visits);
    visits[sceneId] = earlier + 1;
    var scope = { variables: state.variables, visits: visits, uses: earlier };
    var applied = applyEffects(game, game.scenes[sceneId].onEnter, scope);
    return {
      state: {
        scene: sceneId,
        variables: applied.variables,
        visits: visits,
        taken: state.taken,
        history: state.history
      },
      problems: applied.problems
    };
  }

  function unless(condition, state, uses, reason) {
    if (condition === null) {
      return null;
    }
    var scope = { variables: state.variables, visits: state.visits, uses: uses };
    try {
      return evaluateCondition(condition, scope) ? null : reason;
    } catch (error) {
      if (!(error instanceof LogicError)) {
        throw error;
      }
      return "CONDITION_ERROR";
    }
  }

  /* Why a choice of the present scene cannot be taken; null when it can. */
  function refusal(game, state, choice) {
    var taken = own(state.taken, choice.id) || 0;
    if (choice.once && taken) {
      return "ALREADY_TAKEN";
    }
    var reason = unless(choice.condition, state, taken, "CONDITION_FALSE");
    if (reason) {
      return reason;
    }
    var target = game.scenes[choice.toScene];
    if (target === undefined) {
      return "SCENE_MISSING";
    }
    return unless(target.visibleIf, state, own(state.visits, target.id) || 0, "SCENE_HIDDEN");
  }

  /* Every choice of the present scene: {choice, available, reason}. */
  function offers(game, state) {
    return game.scenes[state.scene].choices.map(function (choice) {
      var reason = refusal(game, state, choice);
      return { choice: choice, available: reason === null, reason: reason };
    });
  }

  /* {state, problems} after a choice; null when it cannot be taken here and now. */
  function takeChoice(game, state, choiceId) {
    var offer = offers(game, state).filter(function (each) {
      return each.choice.id === choiceId && each.available;
    })[0];
    if (offer === undefined) {
      return null;
    }
    var uses = own(state.taken, choiceId) || 0;
    var scope = { variables: state.variables, visits: state.visits, uses: uses };
    var applied = applyEffects(game, offer.choice.effects, scope);
    var taken = copied(state.taken);
    taken[choiceId] = uses + 1;
    var step = { scene: state.scene, choice: choiceId, variables: state.variables };
    var between = {
      scene: state.scene,
      variables: applied.variables,
      visits: state.visits,
      taken: taken,
      history: state.history.concat([step])
    };
    var entered = enterScene(game, between, offer.choice.toScene);
    return { state: entered.state, problems: applied.problems.concat(entered.problems) };
  }

  /* The state that many choices ago; null when there were not so many. */
  function goBack(state, steps) {
    if (!(steps >= 1 && steps <= state.history.length)) {
      return null;
    }
    var back = state.history[state.history.length - steps];
    return recalled(back.scene, back.variables, state.history.slice(0, -steps));
  }

  /* A state from what is stored of it: the counts follow from the way that was taken. */
  function recalled(sceneId, variables, history) {
    var visits = Object.create(null);
    var taken = Object.create(null);
    history.forEach(function (step) {
      visits[step.scene] = (visits[step.scene] || 0) + 1;
      taken[step.choice] = (taken[step.choice] || 0) + 1;
    });
    visits[sceneId] = (visits[sceneId] || 0) + 1;
    return { scene: sceneId, variables: variables, visits: visits, taken: taken, history: history };
  }

  function isOver(game, state) {
    return game.scenes[state.scene].isEnd;
  }

  return {
    LogicError: LogicError,
    evaluate: evaluate,
    evaluateCondition: evaluateCondition,
    applyEffects: applyEffects,
    compileStory: compileStory,
    start: start,
    enterScene: enterScene,
    offers: offers,
    takeChoice: takeChoice,
    goBack: goBack,
    recalled: recalled,
    isOver: isOver
  };
});
