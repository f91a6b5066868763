/** Three lines. */
export function MenuIcon() {
  return (
    <svg width={20} height={20} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth={1.7} aria-hidden>
      <path d="M3 5.5h14M3 10h14M3 14.500h14" strokeLinecap="round" />
    </svg>
  );
}
