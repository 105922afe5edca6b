import { useEffect, useState } from "react";
import { useTheme } from "next-themes";

export default function Page() {
  const { theme, setTheme } = useTheme();
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return (
    <>
      <p id="theme">{mounted ? theme : "unknown"}</p>
      <button id="dark" onClick={() => setTheme("dark")}>Dark</button>
    </>
  );
}
