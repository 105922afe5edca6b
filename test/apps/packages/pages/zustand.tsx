import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import { atom, useAtom } from "jotai";

const useBears = create<{ bears: number; more: () => void }>()(
  persist((set) => ({ bears: 0, more: () => set((state) => ({ bears: state.bears + 1 })) }), { name: "bears", storage: createJSONStorage(() => localStorage), skipHydration: true }),
);
const fish = atom(1);

export default function Page() {
  const { bears, more } = useBears();
  const [count, setCount] = useAtom(fish);
  return (
    <>
      <button id="bears" onClick={more}>{bears}</button>
      <button id="fish" onClick={() => setCount((n) => n * 2)}>{count}</button>
    </>
  );
}
