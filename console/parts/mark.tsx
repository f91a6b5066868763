/** The mark and the name. */
export function Mark() {
  return (
    <span className="mark">
      <img src="/mark.svg" width={26} height={26} alt="" />
      Switchboard
    </span>
  );
}
