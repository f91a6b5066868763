import { stateOf } from './states.ts';
import { Status } from './status.tsx';

/** A state as the API names it. */
export function State(props: { readonly of: string }) {
  const [tone, word] = stateOf(props.of);
  return <Status tone={tone}>{word}</Status>;
}
