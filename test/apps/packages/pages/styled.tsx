import { useState } from "react";
import styled, { createGlobalStyle, css, keyframes, ThemeProvider } from "styled-components";

const Global = createGlobalStyle`#after { letter-spacing: 2px; }`;
const fade = keyframes`from { opacity: 0; } to { opacity: 1; }`;
const Title = styled.h1<{ $warm: boolean }>`
  color: ${({ $warm }) => ($warm ? "rgb(200, 30, 30)" : "rgb(30, 30, 200)")};
  animation: ${fade} 1ms;
  ${({ theme }) => css`padding: ${theme.space}px;`}
`;
const Wide = styled(Title).attrs({ title: "wide" })`
  margin-left: 7px;
  &:hover { color: green; }
`;

export default function Page() {
  const [warm, setWarm] = useState(false);
  return (
    <ThemeProvider theme={{ space: 5 }}>
      <Global />
      <Title id="styled" $warm={warm} onClick={() => setWarm(true)}>Styled</Title>
      <Wide id="wide" $warm>Wide</Wide>
      <p id="after">after</p>
    </ThemeProvider>
  );
}
