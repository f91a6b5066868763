import type { Principal } from '../auth/principal.ts';
import type { ChatActor } from '../db/chat-conversations.ts';

/** Whoever asks, as conversations know them. Pure. */
export const actorOf = ({ kind, id, name }: Principal): ChatActor => ({ actor: `${kind}/${id}`, name });
