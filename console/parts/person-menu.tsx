import { useMantineColorScheme } from '@mantine/core';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useRef } from 'react';
import { signOut } from '../api/auth.ts';
import { enter } from '../api/places.ts';
import { meQuery } from '../api/queries.ts';
import { toastProblem } from './toast.ts';

const SCHEMES = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['auto', 'System'],
] as const;

/** Who is signed in; what concerns only them. The browser's own popover: nothing is loaded for it. */
export function PersonMenu() {
  const { data: me } = useSuspenseQuery(meQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const id = useId();
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => enter('/sign-in'), onError: toastProblem });
  const menu = useRef<HTMLDivElement>(null);
  return (
    <div className="person-place">
      <button type="button" className="person" popoverTarget={id}>
        <span className="person-name">
          {me.name}
          <small>{me.role}</small>
        </span>
        <svg width={14} height={14} viewBox="0 0 14 14" fill="none" stroke="currentColor" strokeWidth={1.6} aria-hidden>
          <path d="m3.500 8.500 3.500-3.500 3.500 3.500" strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      </button>
      <div id={id} popover="auto" className="menu" ref={menu}>
        <Link to="/account" className="nav-link" onClick={() => menu.current?.hidePopover()}>
          Your account
        </Link>
        <Link to="/shortcuts" className="nav-link" onClick={() => menu.current?.hidePopover()}>
          Keyboard shortcuts
        </Link>
        <fieldset className="schemes">
          <legend>Appearance</legend>
          {SCHEMES.map(([value, title]) => (
            <label key={value}>
              <input
                type="radio"
                name={`scheme-${id}`}
                checked={colorScheme === value}
                onChange={() => setColorScheme(value)}
              />
              {title}
            </label>
          ))}
        </fieldset>
        <button type="button" className="nav-link" onClick={() => leave.mutate()}>
          Sign out
        </button>
      </div>
    </div>
  );
}
