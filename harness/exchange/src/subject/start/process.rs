//! The subject as a child process, in a process group of its own so that what it starts ends with it.

use super::file::ProcessFile;
use super::output::Output;
use super::places::Places;
use super::ready::Ready;
use super::{Keeper, Started, Stopped};
use crate::subject::file::duration;
use carrier::http::Url;
use carrier::port::Pending;
use evidence::event::StopReason;
use rustix::process::{Pid, Signal, kill_process_group};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a subject may take to become ready, unless its file says so.
pub(super) const WITHIN: Duration = Duration::from_secs(30);
/// How long it may take to end after SIGTERM, unless its file says so: as `docker stop` has it.
pub(super) const GRACE: Duration = Duration::from_secs(10);
/// After its end its pipes may be held open by what it started; then they are read no further.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A duration of the file, or the default.
pub(super) fn or_default(text: Option<&String>, default: Duration) -> Result<Duration, String> {
    let wrong = |text: &String| format!("`{text}` is no duration; write `500 ms`, `30 s`, `2 min` or `1 h`");
    text.map_or(Ok(default), |text| duration(text).ok_or_else(|| wrong(text)))
}

/// Keeps a child process.
#[derive(Debug)]
pub struct ProcessKeeper {
    command: Vec<String>,
    env: Vec<(String, String)>,
    dir: PathBuf,
    ready: Ready,
    within: Duration,
    grace: Duration,
    alive: Mutex<Option<Alive>>,
}

/// A process that was started.
#[derive(Debug, Clone)]
struct Alive {
    group: Arc<Group>,
    exited: watch::Receiver<Option<ExitStatus>>,
    output: Arc<Output>,
    readers: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

/// A process group; dropped, it is killed: nothing may outlive the run.
#[derive(Debug)]
struct Group(Option<Pid>);

impl Group {
    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.0 {
            // It may be gone already.
            let _ = kill_process_group(pid, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

impl ProcessKeeper {
    /// As the file says.
    ///
    /// # Errors
    /// The sentence for the mistake.
    pub fn new(file: &ProcessFile, folder: &Path, places: &Places, url: Option<&Url>) -> Result<Self, String> {
        if file.command.first().is_none_or(|program| program.trim().is_empty()) {
            return Err("`start: { process: { command: […] } }` needs a program".to_owned());
        }
        let command = file.command.iter().map(|word| places.fill(word)).collect::<Result<_, _>>()?;
        let env = file.env.iter().map(|(name, value)| Ok((name.clone(), places.fill(value)?)));
        Ok(Self {
            command,
            env: env.collect::<Result<_, String>>()?,
            dir: file.dir.as_ref().map_or_else(|| folder.to_owned(), |dir| folder.join(dir)),
            ready: Ready::of(file.ready.as_ref(), places, url)?,
            within: or_default(file.within.as_ref(), WITHIN)?,
            grace: or_default(file.grace.as_ref(), GRACE)?,
            alive: Mutex::new(None),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Alive>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self) -> Result<Alive, String> {
        let (program, arguments) = self.command.split_first().ok_or("there is no command")?;
        let mut command = Command::new(program);
        command.args(arguments).envs(self.env.iter().cloned()).current_dir(&self.dir);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let spawned = command.process_group(0).kill_on_drop(true).spawn();
        let mut child: Child = spawned.map_err(|error| {
            format!(
                "failed to start `{program}` in {}: {error}; is it installed, and is `dir` right?",
                self.dir.display()
            )
        })?;
        let output = Arc::new(Output::default());
        self.ready.prepare(&output);
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let output = output.clone();
            readers.push(tokio::spawn(async move { output.drain(stdout).await }));
        }
        if let Some(stderr) = child.stderr.take() {
            let output = output.clone();
            readers.push(tokio::spawn(async move { output.drain(stderr).await }));
        }
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let (told, exited) = watch::channel(None);
        tokio::spawn(async move {
            if let Ok(status) = child.wait().await {
                let _ = told.send(Some(status));
            }
        });
        Ok(Alive { group: Arc::new(Group(pid)), exited, output, readers: Arc::new(Mutex::new(readers)) })
    }

    async fn begin(&self) -> Result<Started, Stopped> {
        if let Some(taken) = self.ready.taken().await {
            return Err(Stopped::never(taken));
        }
        let alive = self.spawn().map_err(Stopped::never)?;
        *self.lock() = Some(alive.clone());
        tokio::select! {
            ready = self.ready.wait(&alive.output) => {
                Ok(Started { how: "process", what: self.command.join(" "), ready })
            }
            status = alive.exit() => {
                let detail = format!("it ended before it was ready ({})", words(status));
                Err(self.close(alive, StopReason::NotReady, status, detail).await)
            }
            () = tokio::time::sleep(self.within) => {
                let detail = format!("not ready within {} s: not seen that {}", self.within.as_secs_f32(), self.ready.words());
                let status = self.terminate(&alive, false).await;
                Err(self.close(alive, StopReason::NotReady, status, detail).await)
            }
        }
    }

    async fn terminate(&self, alive: &Alive, abruptly: bool) -> Option<ExitStatus> {
        if !abruptly {
            alive.group.signal(Signal::TERM);
            if let Ok(status) = tokio::time::timeout(self.grace, alive.exit()).await {
                return status;
            }
        }
        alive.group.signal(Signal::KILL);
        alive.exit().await
    }

    /// Takes the last that it printed. The group is killed when `alive` goes: what it started ends with it.
    async fn close(&self, alive: Alive, reason: StopReason, status: Option<ExitStatus>, detail: String) -> Stopped {
        self.lock().take();
        let readers = std::mem::take(&mut *alive.readers.lock().unwrap_or_else(PoisonError::into_inner));
        let all = async {
            for reader in readers {
                let _ = reader.await;
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS, all).await;
        let (output, cut) = alive.output.snapshot();
        Stopped { reason, code: status.and_then(|s| s.code()), detail, output, cut }
    }

    fn current(&self) -> Option<Alive> {
        self.lock().clone()
    }
}

impl Alive {
    async fn exit(&self) -> Option<ExitStatus> {
        let mut exited = self.exited.clone();
        let status = exited.wait_for(Option::is_some).await.ok()?;
        *status
    }
}

impl Keeper for ProcessKeeper {
    fn start(&self) -> Pending<'_, Result<Started, Stopped>> {
        Box::pin(self.begin())
    }

    fn stop(&self, reason: StopReason, abruptly: bool) -> Pending<'_, Stopped> {
        Box::pin(async move {
            let Some(alive) = self.current() else { return Stopped::already() };
            let status = self.terminate(&alive, abruptly).await;
            let detail = words(status);
            self.close(alive, reason, status, detail).await
        })
    }

    fn ended(&self) -> Pending<'_, Stopped> {
        Box::pin(async move {
            let Some(alive) = self.current() else { return std::future::pending().await };
            let status = alive.exit().await;
            let detail = format!("the process ended by itself ({})", words(status));
            self.close(alive, StopReason::Ended, status, detail).await
        })
    }
}

fn words(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "its end was not seen".to_owned(), |status| status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::start::ReadyFile;

    fn keeper(script: &str, ready: &str) -> ProcessKeeper {
        let file = ProcessFile {
            command: vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()],
            env: [("WHERE".to_owned(), "{{harness.host}}".to_owned())].into(),
            dir: None,
            ready: Some(ReadyFile::Log(ready.to_owned())),
            within: Some("20 s".to_owned()),
            grace: Some("20 s".to_owned()),
        };
        let places = Places { host: "127.0.0.1".to_owned(), ..Places::default() };
        ProcessKeeper::new(&file, Path::new("."), &places, None).unwrap()
    }

    #[tokio::test]
    async fn starts_says_when_it_is_ready_and_ends_in_order() {
        let keeper =
            keeper("trap 'echo bye; exit 3' TERM; echo \"up at $WHERE\"; while :; do sleep 0.05; done", "up at 127");
        let started = keeper.start().await.unwrap();
        assert_eq!((started.how, started.ready.as_str()), ("process", "it printed `up at 127`"));
        let stopped = keeper.stop(StopReason::RunOver, false).await;
        assert_eq!((stopped.reason, stopped.code), (StopReason::RunOver, Some(3)));
        // The signal goes to the whole group, and some shells say that their `sleep` was ended by it.
        let said = String::from_utf8_lossy(&stopped.output).into_owned();
        assert!(said.starts_with("up at 127.0.0.1\n") && said.ends_with("bye\n"), "{said}");
    }

    #[tokio::test]
    async fn what_ends_by_itself_is_noticed_and_so_is_what_never_comes_up() {
        let ending = keeper("echo up; echo 'no disk' >&2; exit 7", "up");
        // It may have ended before the look-out was asked.
        if ending.start().await.is_ok() {
            let stopped = ending.ended().await;
            assert_eq!((stopped.reason, stopped.code), (StopReason::Ended, Some(7)));
        }
        let stopped = keeper("echo cannot; exit 9", "up").start().await.unwrap_err();
        assert_eq!((stopped.reason, stopped.code), (StopReason::NotReady, Some(9)));
        assert_eq!(stopped.output, b"cannot\n");
        let file = ProcessFile {
            command: vec!["/no/such/program".to_owned()],
            env: std::collections::BTreeMap::new(),
            dir: None,
            ready: None,
            within: None,
            grace: None,
        };
        let nowhere = ProcessKeeper::new(&file, Path::new("."), &Places::default(), None).unwrap();
        let stopped = nowhere.start().await.unwrap_err();
        assert_eq!(stopped.reason, StopReason::NotStarted);
        assert!(stopped.detail.contains("/no/such/program"), "{}", stopped.detail);
    }

    #[tokio::test]
    async fn a_killed_process_takes_what_it_started_with_it() {
        let keeper = keeper("sleep 1000 & echo child $! up; wait", "up");
        keeper.start().await.unwrap();
        let stopped = keeper.stop(StopReason::Restart, true).await;
        assert_eq!(stopped.code, None, "{}", stopped.detail);
        let text = String::from_utf8_lossy(&stopped.output).into_owned();
        let pid: i32 = text.split(' ').nth(1).unwrap().parse().unwrap();
        let gone = || {
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            state.is_empty() || state.contains(") Z ")
        };
        while !gone() {
            tokio::task::yield_now().await;
        }
    }
}
