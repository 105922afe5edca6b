import { use } from "react";

const late = new Promise((resolve) => setTimeout(() => resolve("late"), 1));
export default function Page() {
  return <b>{use(late)}</b>;
}
export const getServerSideProps = () => ({ props: {} });
