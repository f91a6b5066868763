import { useEffect, type FormEvent, type ReactNode } from 'react';
import { Mark } from './mark.tsx';

/** A page before somebody is in: one card. */
export function Door(props: { readonly title: string; readonly about?: ReactNode; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Switchboard`;
  }, [props.title]);
  return (
    <main className="door">
      <div className="door-card">
        <div className="door-mark">
          <Mark />
        </div>
        <div className="panel door-panel">
          <h1>{props.title}</h1>
          {props.about !== undefined && <p className="quiet">{props.about}</p>}
          {props.children}
        </div>
      </div>
    </main>
  );
}

/** A form that is sent by script. */
export function Form(props: { readonly onSubmit: () => void; readonly children: ReactNode }) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <form className="stack" onSubmit={submit}>
      {props.children}
    </form>
  );
}
