/** Calls `work` for each item, two at a time; when one fails, those under way finish, and no other begins. */
export async function twoAtATime(items, work) {
  const waiting = [...items];
  let failed = false;
  const take = async () => {
    for (let item = waiting.shift(); item !== undefined && !failed; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled([take(), take()]);
  const failure = ends.find(({ status }) => status === 'rejected');
  if (failure) throw failure.reason;
}
