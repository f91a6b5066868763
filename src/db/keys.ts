import type { Place } from '../model/event.ts';
import type { AppId, ThreadId } from '../model/ids.ts';
import { threadId } from '../model/ids.ts';
import { deriveId } from './derive-id.ts';

/** The row of an install, by the platform's id. */
export const installKey = (app: AppId, install: string): string => deriveId('install', app, install);

/** The row of a conversation. */
export const threadKey = (app: AppId, place: Pick<Place, 'install' | 'thread'>): ThreadId =>
  threadId(deriveId('thread', app, place.install, place.thread));
