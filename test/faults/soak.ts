import type { SoakLength } from './options.ts';
import type { Scenario } from './scenario.ts';

export function soak(_length: SoakLength): Scenario {
  return { name: 'soak', run: async () => {} };
}
