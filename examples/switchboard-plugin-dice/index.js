import { randomInt } from 'node:crypto';

const MOST_DICE = 100;
const USUAL_SIDES = 6;

/** @type {import('switchboard/plugin').Plugin} */
export default {
  name: 'dice',
  version: '1.0.0',

  tools(settings, host) {
    const sides = settings.sides ?? USUAL_SIDES;
    if (!Number.isInteger(sides) || sides < 2) throw new Error('settings.sides must be a whole number from 2 on');
    host.log.info({ sides }, 'dice are ready');
    return [
      {
        name: 'throw_dice',
        description: `Throws dice with ${sides} sides and tells what each shows, and the sum.`,
        parameters: {
          type: 'object',
          properties: { count: { type: 'integer', minimum: 1, maximum: MOST_DICE, description: 'How many.' } },
          required: ['count'],
          additionalProperties: false,
        },
        effect: 'reads',
        // What it says is computed here: nobody else's words are in it.
        origin: 'own',
        run({ count }) {
          const shown = Array.from({ length: count }, () => randomInt(1, sides + 1));
          return `${shown.join(', ')} (sum ${shown.reduce((sum, one) => sum + one, 0)})`;
        },
      },
    ];
  },
};
