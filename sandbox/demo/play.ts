import type { Stage } from '../stage/stage.ts';
import { openNotes } from './notes.ts';
import { SCENES, type Model } from './scenes.ts';
import { again, ask, edit, stop, type Around } from './steps.ts';
import { allow, failOver } from './steps-agent.ts';
import type { Patience } from './watch.ts';

/** One step on one platform, as it went. */
export type Step = {
  readonly platform: string;
  readonly number: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly tookMs: number;
  /** Undefined: all was as it should be. */
  readonly fault: string | undefined;
};

export type Playing = {
  readonly model: Model;
  readonly patience: Patience;
  /** Called after each step. */
  readonly tell: (step: Step) => void;
};

const TITLES = [
  'A question, and its answer as it is written',
  'The question is edited: its answer changes in place',
  'A long answer is stopped',
  'It is given again by the button of the card',
  'The model breaks off in the middle: another one answers',
  'What others would see is done only after a yes',
] as const;

/** Plays all steps on one platform, up to the first that goes wrong. */
export async function play(stage: Stage, { model, patience, tell }: Playing): Promise<readonly Step[]> {
  const scene = SCENES[stage.name];
  if (scene === undefined) throw new Error(`nothing is to be played on ${stage.name}`);
  const steps: Step[] = [];
  const step = async <Out>(body: (around: Around) => Promise<Out>): Promise<Out> => {
    const notes = openNotes();
    const end = (fault?: string): void => {
      const title = TITLES[steps.length] ?? '';
      const lines = notes.lines();
      const step = { platform: stage.title, number: steps.length + 1, title, lines, tookMs: notes.now(), fault };
      steps.push(step);
      tell(step);
    };
    try {
      const out = await body({ stage, scene, notes, patience });
      end();
      return out;
    } catch (error) {
      notes.adds('what is to be seen now:');
      notes.sees(stage.shown().slice(-3));
      end(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  try {
    await step(ask);
    await step(edit);
    const stopped = await step(stop);
    model.beBrief(scene.long);
    await step((around) => again(around, stopped));
    await step(failOver);
    await step(allow);
  } catch (error) {
    if (steps.at(-1)?.fault === undefined) throw error;
  }
  return steps;
}
