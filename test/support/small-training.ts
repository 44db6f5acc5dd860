// Sixty hand-written exemplars of five routes that are easy to tell apart: the first index of a test server takes seconds.
import { createRouteLabels } from './route-labels.ts'

const TEXTS: Record<string, string[]> = {
  code: [
    'fix this null pointer exception in my java service',
    'write a python function that removes duplicates from a list',
    'why does my async javascript handler never resolve',
    'restart the crashed pods of the deployment in staging',
    'refactor this class so that it can be unit tested',
    'explain what this regular expression matches',
    'my docker build fails at the install step',
    'write a bash script that rotates the log files',
    'review this pull request for race conditions',
    'how do I revert the last commit in git',
    'the api returns a 502 after the last release, debug it',
    'port this function from ruby to go',
  ],
  cooking: [
    'how long do I roast a chicken of two kilos',
    'my souffle always falls when it leaves the oven',
    'give me a recipe for lentil soup with cumin',
    'how do I whisk egg whites until they are stiff',
    'what can I cook with leftover rice and eggs',
    'which cheese melts best on a gratin',
    'how do I keep a pie crust from getting soggy',
    'substitute for buttermilk in pancakes',
    'how much salt goes into pasta water',
    'how do I reheat roast potatoes so that they stay crisp',
    'what is the right temperature for baking sourdough',
    'how do I thicken a gravy without flour',
  ],
  travel: [
    'plan three days in lisbon for a family with a baby',
    'which visa do I need for a week in vietnam',
    'cheapest train from berlin to prague on friday',
    'is tap water safe to drink in istanbul',
    'what should I pack for iceland in march',
    'find me a quiet hotel near the station in kyoto',
    'how early must I be at the airport for a domestic flight',
    'best month to see whales in the azores',
    'can I rent a car in portugal at twenty one',
    'how do I get from the airport to the city centre of oslo',
    'a road trip along the coast of croatia in ten days',
    'do I need vaccinations for a safari in kenya',
  ],
  finance: [
    'how much can I put into my pension this year',
    'explain compound interest with an example',
    'should I pay off my mortgage early or invest',
    'what is the difference between a stock and a bond',
    'how do I deduct a home office from my taxes',
    'make a monthly budget for a net income of 2400',
    'what does an index fund charge in fees',
    'how is the dividend of a foreign share taxed',
    'what credit score do I need for a car loan',
    'how large should an emergency fund be',
    'is it worth moving my savings to another bank',
    'when do I have to pay capital gains tax',
  ],
  fitness: [
    'a training plan for my first half marathon',
    'how do I improve my form in a deadlift',
    'stretches for a stiff lower back after sitting',
    'how many rest days does a beginner need each week',
    'what heart rate should I hold on an easy run',
    'exercises for the shoulders without equipment',
    'how do I learn to do ten pull ups in a row',
    'is it fine to swim and lift on the same day',
    'why do my knees hurt when I squat',
    'a twenty minute workout for the core',
    'how much protein do I need to build muscle',
    'how do I warm up before a sprint',
  ],
}

/** What the texts about a subject are labelled with. */
export const smallRoute = createRouteLabels(Object.keys(TEXTS))

/** Files of a training-data folder, one a route. */
export const smallTraining = (): Record<string, object[]> =>
  Object.fromEntries(
    Object.entries(TEXTS).map(([subject, texts]) => [
      `${smallRoute(subject)}.jsonl`,
      texts.map((text) => ({ text, route: smallRoute(subject) })),
    ]),
  )

/** The routes that go with it, on the demo provider, and `general` for the rest. */
export const smallConfig = (): object => ({
  routes: Object.fromEntries(
    [...Object.keys(TEXTS), 'general'].map((route) => [route, { models: ['small'] }]),
  ),
  default_route: 'general',
})
