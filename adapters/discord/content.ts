import type { Draft } from '../../src/model/reply.ts';
import { render } from './render.ts';

/** An empty text would be refused (50006). */
export const contentOf = (draft: Draft): string => render(draft.text) || '…';

/** Nobody is called by what the bot says. Discord reads mentions anew at every edit, so it goes with each of them. */
export const CALL_NOBODY = { parse: [] };

/** No previews of links below the text (docs: Message Flags). */
export const SUPPRESS_EMBEDS = 4;

/** "Is thinking": an answer was announced and not given yet (docs: Message Flags). */
export const LOADING = 128;
