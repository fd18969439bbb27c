//! A command of the vendor's: some input, some output, and an end within a time.

use std::fmt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to its standard output and then to its standard error, cut to a limit.
    pub output: Vec<u8>,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "exit code {code}"),
            None => f.write_str("ended by a signal"),
        }
    }
}

/// Runs `program` in `folder` with `input` on its standard input. Of each of its outputs `output_max` bytes are kept and
/// the rest is read and dropped. After `within` it is killed.
///
/// # Errors
/// One sentence: it could not be started, or it took too long.
pub async fn run(
    program: &str,
    arguments: &[String],
    folder: &Path,
    input: &[u8],
    within: Duration,
    output_max: usize,
) -> Result<Ended, String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("failed to start `{program}`: {error}"))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A command that does not read its input is no mistake.
                let _ = stdin.write_all(input).await;
            }
        };
        let (code, out, err, ()) = tokio::join!(child.wait(), kept(stdout, output_max), kept(stderr, output_max), feed);
        (code, [out, err].concat())
    };
    match tokio::time::timeout(within, work).await {
        Ok((Ok(status), output)) => Ok(Ended { code: status.code(), output }),
        Ok((Err(error), _)) => Err(format!("failed to wait for `{program}`: {error}")),
        Err(_) => Err(format!("`{program}` did not end within {within:?}")),
    }
}

async fn kept(stream: Option<impl AsyncRead + Unpin>, max: usize) -> Vec<u8> {
    let (mut kept, mut buffer) = (Vec::new(), [0; 4096]);
    let Some(mut stream) = stream else { return kept };
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..read.min(max.saturating_sub(kept.len()))]);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str) -> Result<Ended, String> {
        let arguments = ["-c".to_owned(), script.to_owned()];
        run("sh", &arguments, Path::new("/"), b"input", Duration::from_secs(20), 100).await
    }

    #[tokio::test]
    async fn input_goes_in_and_output_comes_out_cut_to_its_limit() {
        let ended = shell("cat; echo wrong >&2; exit 3").await.unwrap();
        assert_eq!((ended.code, ended.output.as_slice()), (Some(3), &b"inputwrong\n"[..]));
        assert_eq!(ended.to_string(), "exit code 3");
        assert_eq!(shell("yes | head -c 1000000").await.unwrap().output.len(), 100);
        assert_eq!(shell("kill -9 $$").await.unwrap().code, None);
    }

    #[tokio::test]
    async fn what_is_not_there_or_does_not_end_is_said() {
        let missing = run("/no/such", &[], Path::new("/"), b"", Duration::from_secs(1), 1).await.unwrap_err();
        assert!(missing.contains("failed to start `/no/such`"), "{missing}");
        let sleeps = ["-c".to_owned(), "exec sleep 60".to_owned()];
        let slow = run("sh", &sleeps, Path::new("/"), b"", Duration::from_millis(1), 1);
        assert!(slow.await.unwrap_err().contains("did not end within 1ms"));
    }
}
