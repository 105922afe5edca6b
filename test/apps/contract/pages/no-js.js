export const config = { unstable_runtimeJS: false };

export default function NoJs() {
  return <h1>no scripts here</h1>;
}
