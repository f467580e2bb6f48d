/* Runs jobs for the browser's evaluator: JSON on standard input, JSON on standard output.
 *
 * {expressions: [{tree, state}], plays: [{story, picks}]} gives {expressions: [{value} | {error}], plays: [[...]]}.
 * A play takes, at each step, the available choice that the pick selects, or goes back when it is negative.
 */
"use strict";

const fs = require("fs");
const path = require("path");
const logic = require(
  path.join(__dirname, "../../../scenarios/logic/static/scenarios/evaluator.js")
);

function evaluated(job) {
  try {
    return { value: logic.evaluate(job.tree, job.state) };
  } catch (error) {
    return { error: reported(error) };
  }
}

function reported(error) {
  if (!(error instanceof logic.LogicError)) {
    throw error;
  }
  return { reason: error.reason, line: error.line, column: error.column };
}

function shown(game, move) {
  return {
    scene: move.state.scene,
    variables: move.state.variables,
    visits: move.state.visits,
    taken: move.state.taken,
    steps: move.state.history.length,
    isOver: logic.isOver(game, move.state),
    problems: move.problems.map(reported),
    offers: logic.offers(game, move.state).map((offer) => [offer.choice.id, offer.reason])
  };
}

function played(job) {
  const game = logic.compileStory(job.story);
  let move = logic.start(game);
  if (move === null) {
    return null;
  }
  const seen = [shown(game, move)];
  for (const pick of job.picks) {
    move = picked(game, move.state, pick) || { state: move.state, problems: [] };
    seen.push(shown(game, move));
  }
  return seen;
}

function picked(game, state, pick) {
  if (pick < 0) {
    const back = logic.goBack(state, -pick);
    return back && { state: back, problems: [] };
  }
  const open = logic.offers(game, state).filter((offer) => offer.available);
  return open.length > 0 ? logic.takeChoice(game, state, open[pick % open.length].choice.id) : null;
}

const jobs = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(
  JSON.stringify({
    expressions: (jobs.expressions || []).map(evaluated),
    plays: (jobs.plays || []).map(played),
    refused: (jobs.refused || []).map(
      (job) => logic.takeChoice(logic.compileStory(job.story), job.state, job.choice) === null
    )
  })
);
