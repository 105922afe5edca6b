import { useState } from "react";
import { ClassNames, Global, css } from "@emotion/react";
import styled from "@emotion/styled";

const Box = styled.div<{ on: boolean }>`
  background-color: ${({ on }) => (on ? "rgb(1, 100, 1)" : "rgb(100, 1, 1)")};
`;

export default function Page() {
  const [on, setOn] = useState(false);
  return (
    <>
      <Global styles={css`#global { word-spacing: 3px; }`} />
      <ClassNames>{({ css: name }) => <p id="prop" className={name({ color: "rgb(9, 8, 7)", "&:hover": { color: "red" } })}>class names</p>}</ClassNames>
      <Box id="box" on={on} onClick={() => setOn(true)}>styled</Box>
      <p id="global">global</p>
    </>
  );
}
