import { lazy, Suspense } from 'react';

const Markdown = lazy(() => import('./markdown.tsx'));

/** What somebody said, or how long it is. */
export function Words(props: {
  readonly text: string | null;
  readonly revealed: boolean;
  readonly length: number | null;
}) {
  if (props.text !== null && props.text !== '')
    return (
      <div className="words">
        <Suspense fallback={props.text}>
          <Markdown text={props.text} />
        </Suspense>
      </div>
    );
  if (props.revealed || props.length === null || props.length === 0) return null;
  return (
    <p className="words quiet">
      Hidden: {props.length} {props.length === 1 ? 'character' : 'characters'}
    </p>
  );
}
