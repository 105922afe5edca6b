import Error from "next/error";

export default function Teapot() {
  return <Error statusCode={418} title="Short and stout" />;
}
