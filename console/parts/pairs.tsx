import type { ReactNode } from 'react';

/** Names and values. */
export function Pairs(props: { readonly children: ReactNode }) {
  return <dl className="pairs">{props.children}</dl>;
}

export function Pair(props: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
