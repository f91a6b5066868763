import { explain } from '../api/problem.ts';

/** Why a form was not taken; nothing while all is well. */
export function Said(props: { readonly error: unknown }) {
  if (props.error === null || props.error === undefined) return null;
  return (
    <p className="said" role="alert">
      {explain(props.error).detail}
    </p>
  );
}
