import { useEffect, useRef, type ReactNode } from 'react';

/** A page: its name, what it is for, what can be done. Whoever uses a screen reader is led to the name. */
export function Page(props: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} · Switchboard`;
  }, [props.title]);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.closest('nav') !== null)
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <header className="page-head">
        <div>
          <h1 tabIndex={-1} ref={heading}>
            {props.title}
          </h1>
          {props.about !== undefined && <p>{props.about}</p>}
        </div>
        {props.actions !== undefined && <div>{props.actions}</div>}
      </header>
      {props.children}
    </>
  );
}

/** A framed part of a page. */
export function Panel(props: {
  readonly title?: string;
  readonly actions?: ReactNode;
  /** Without a margin inside: for lists. */
  readonly flush?: true;
  readonly children: ReactNode;
}) {
  return (
    <section className="panel" style={{ marginBottom: '1.25rem' }} aria-label={props.title}>
      {props.title !== undefined && (
        <div className="panel-head" style={{ display: 'flex', justifyContent: 'space-between', gap: '1rem' }}>
          <h2 style={{ fontSize: '1rem' }}>{props.title}</h2>
          {props.actions}
        </div>
      )}
      {props.flush === true ? props.children : <div className="panel-body">{props.children}</div>}
    </section>
  );
}
