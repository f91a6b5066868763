import type { ReactNode } from 'react';

/** Where nothing is: says why, and what to do next. */
export function Empty(props: { readonly title: string; readonly children?: ReactNode; readonly next?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{props.title}</h2>
      {props.children !== undefined && <p>{props.children}</p>}
      {props.next !== undefined && <div style={{ marginTop: '1.1rem' }}>{props.next}</div>}
    </div>
  );
}
