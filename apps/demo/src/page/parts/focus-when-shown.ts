/** What comes into sight in a virtual list is there, and no longer hidden, a frame or two later. */
const MAX_FRAMES = 30;

/** Focuses what `find` finds, as soon as it can take the focus. */
export function focusWhenShown(find: () => HTMLElement | null | undefined): void {
  let frames = 0;
  const attempt = () => {
    const element = find();
    element?.focus({ preventScroll: true });
    const hasFocus = element && document.activeElement === element;
    if (!hasFocus && frames++ < MAX_FRAMES) requestAnimationFrame(attempt);
  };
  attempt();
}
