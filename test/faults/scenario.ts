import type { World, WorldSettings } from './world.ts';

/** One way in which things go wrong, and what has to hold all the same. The check of all invariants follows by itself. */
export type Scenario = {
  readonly name: string;
  readonly settings?: WorldSettings;
  /** Not expected to pass yet, and why: it is run, told, and not counted as a failure. */
  readonly pending?: string;
  readonly run: (world: World) => Promise<void>;
};
