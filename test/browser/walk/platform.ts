import type { Page } from 'playwright-core';
import type { Human } from './human.ts';
import type { Look } from './look.ts';

/** One platform’s part of the way, before its stand-in. */
export type PlatformWalk = AsyncDisposable & {
  readonly title: string;
  readonly secures: 'totp' | 'passkey';
  /** What leads a hub to the stand-in, without a credential. */
  readonly settings: Readonly<Record<string, string>>;
  /** What has to be there before, and is not counted. */
  readonly before: string;
  /** From the choice of the platform to an app that is in a workspace. */
  readonly connect: (human: Human, hubUrl: string, look: Look) => Promise<void>;
  /** What is left to do before somebody can write to the bot. */
  readonly finish?: (human: Human, hubUrl: string, look: Look) => Promise<void>;
  /** Somebody writes to the bot; says how to find out what it answered. */
  readonly hello: () => Promise<() => string | undefined>;
  /** What is looked at when all of it is done. */
  readonly after?: (page: Page, hubUrl: string) => Promise<void>;
};

export const without = (
  environment: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
