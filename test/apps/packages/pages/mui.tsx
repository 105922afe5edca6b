import { useState } from "react";
import { Alert, Button, Dialog, DialogTitle, TextField } from "@mui/material";
import { createTheme, ThemeProvider } from "@mui/material/styles";
import Stack from "@mui/material/Stack";

const theme = createTheme({ palette: { primary: { main: "#123456" } } });

export default function Page() {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  return (
    <ThemeProvider theme={theme}>
      <Stack spacing={2} sx={{ p: "9px" }} id="stack">
        <Alert severity="success">Fine</Alert>
        <TextField label="Name" value={text} onChange={(e) => setText(e.target.value)} slotProps={{ htmlInput: { id: "name" } }} />
        <Button id="button" variant="contained" onClick={() => setOpen(true)}>Open</Button>
      </Stack>
      <Dialog open={open} onClose={() => setOpen(false)}><DialogTitle id="dialog">Dialog</DialogTitle></Dialog>
    </ThemeProvider>
  );
}
