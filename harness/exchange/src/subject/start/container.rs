//! The subject as a container, through testcontainers. An image can also be built from a Dockerfile or made from a tar
//! archive, by the `docker` command.

use super::file::ContainerFile;
use super::output::Output;
use super::places::{HOST_OF_CONTAINERS, Places};
use super::process::{GRACE, WITHIN, or_default};
use super::ready::Ready;
use super::{Keeper, Started, Stopped};
use carrier::http::Url;
use carrier::port::Pending;
use evidence::digest::Digest;
use evidence::event::StopReason;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use testcontainers::core::{AccessMode, ContainerPort, Host, Mount};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{ContainerAsync, ContainerRequest, GenericImage, ImageExt as _};
use tokio::io::{AsyncBufRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::sync::watch;

/// What to do without an engine.
const ENGINE: &str = "is a container engine running here, and may this user talk to it (`docker version`)?";
/// A log stream is read no further so long after its container ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Keeps a container: restarted, it is the same one with what it has written; when the run is over it is removed.
pub struct ContainerKeeper {
    source: Source,
    plan: Plan,
    ready: Ready,
    within: Duration,
    grace: Duration,
    kept: Mutex<Option<Kept>>,
}

/// Where the image comes from.
#[derive(Debug)]
enum Source {
    Image(String),
    Dockerfile(PathBuf),
    Tar(PathBuf),
}

#[derive(Debug)]
struct Plan {
    command: Vec<String>,
    entrypoint: Option<String>,
    env: Vec<(String, String)>,
    mounts: Vec<(String, String)>,
    ports: Vec<(u16, u16)>,
}

/// Whether a container has ended, and with which exit code where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    Code(Option<i64>),
}

#[derive(Clone)]
struct Kept {
    container: Arc<Hold>,
    image: String,
    output: Arc<Output>,
    /// How much of each stream was read: an engine tells a restarted container's log from its beginning.
    read: Arc<[AtomicU64; 2]>,
    ended: watch::Receiver<End>,
}

/// A container that is removed when nobody holds it any more. Testcontainers does that in a runtime, which an interrupted
/// run has no more.
struct Hold(Option<ContainerAsync<GenericImage>>);

impl Hold {
    fn of(&self) -> &ContainerAsync<GenericImage> {
        self.0.as_ref().expect("it is taken out only by whoever holds it last")
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(container) = self.0.take() else { return };
        let mut command = std::process::Command::new("docker");
        command.args(["rm", "--force", "--volumes", container.id()]);
        // Without the command the container stays; nothing more can be done here.
        let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        std::mem::forget(container);
    }
}

impl fmt::Debug for ContainerKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the environment: it may hold secrets.
        f.debug_struct("ContainerKeeper")
            .field("source", &self.source)
            .field("ready", &self.ready)
            .finish_non_exhaustive()
    }
}

impl ContainerKeeper {
    /// As the file says.
    ///
    /// # Errors
    /// The sentence for the mistake.
    pub fn new(file: &ContainerFile, folder: &Path, places: &Places, url: Option<&Url>) -> Result<Self, String> {
        let source = match (&file.image, &file.dockerfile, &file.tar) {
            (Some(name), None, None) => Source::Image(name.clone()),
            (None, Some(path), None) => Source::Dockerfile(folder.join(path)),
            (None, None, Some(path)) => Source::Tar(folder.join(path)),
            _ => return Err("`start: { container: … }` needs one of `image`, `dockerfile` and `tar`".to_owned()),
        };
        let inside = places.seen_from_inside();
        let fill = |text: &String| inside.fill(text);
        let env = file.env.iter().map(|(name, value)| Ok((name.clone(), fill(value)?)));
        let mount = |(target, from): (&String, &String)| {
            let from = folder.join(fill(from)?);
            let absolute = std::path::absolute(&from).map_err(|e| format!("mount {}: {e}", from.display()))?;
            Ok((target.clone(), absolute.display().to_string()))
        };
        let plan = Plan {
            command: file.command.iter().map(fill).collect::<Result<_, _>>()?,
            entrypoint: file.entrypoint.clone(),
            env: env.collect::<Result<_, String>>()?,
            mounts: file.mount.iter().map(mount).collect::<Result<_, String>>()?,
            ports: file.ports.iter().map(|text| ports(text)).collect::<Result<_, _>>()?,
        };
        Ok(Self {
            source,
            plan,
            ready: Ready::of(file.ready.as_ref(), places, url)?,
            within: or_default(file.within.as_ref(), WITHIN)?,
            grace: or_default(file.grace.as_ref(), GRACE)?,
            kept: Mutex::new(None),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request(&self, image: &str) -> ContainerRequest<GenericImage> {
        let (name, tag) = match image.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            _ => (image, "latest"),
        };
        let mut generic = GenericImage::new(name, tag);
        if let Some(entrypoint) = &self.plan.entrypoint {
            generic = generic.with_entrypoint(entrypoint);
        }
        // Where a container finds the machine it runs on; Docker Desktop has the name by itself.
        let mut request = ContainerRequest::from(generic).with_host(HOST_OF_CONTAINERS, Host::HostGateway);
        if !self.plan.command.is_empty() {
            request = request.with_cmd(self.plan.command.clone());
        }
        for (name, value) in &self.plan.env {
            request = request.with_env_var(name, value);
        }
        for (target, from) in &self.plan.mounts {
            request = request.with_mount(Mount::bind_mount(from, target).with_access_mode(AccessMode::ReadOnly));
        }
        for (host, inside) in &self.plan.ports {
            request = request.with_mapped_port(*host, ContainerPort::Tcp(*inside));
        }
        request.with_startup_timeout(self.within)
    }

    async fn image(&self) -> Result<String, String> {
        match &self.source {
            Source::Image(name) => Ok(name.clone()),
            Source::Dockerfile(folder) => {
                let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).display().to_string();
                let name = image_name("build", &Digest::of(folder.as_bytes()));
                docker(&["build", "--quiet", "--tag", &name, &folder], "the Dockerfile cannot be built").await?;
                Ok(name)
            }
            Source::Tar(path) => from_tar(path).await,
        }
    }

    async fn create(&self) -> Result<Kept, String> {
        if let Some(taken) = self.ready.taken().await {
            return Err(taken);
        }
        let image = self.image().await?;
        let started = self.request(&image).start().await;
        let container =
            started.map_err(|error| format!("failed to start a container of {image}: {error}; {ENGINE}"))?;
        let kept = Kept {
            container: Arc::new(Hold(Some(container))),
            image,
            output: Arc::new(Output::default()),
            read: Arc::default(),
            ended: watch::channel(End::NotYet).1,
        };
        Ok(kept)
    }

    async fn begin(&self) -> Result<Started, Stopped> {
        let earlier = self.lock().clone();
        let kept = match earlier {
            None => self.create().await.map_err(Stopped::never)?,
            Some(kept) => {
                if let Err(error) = kept.container.of().start().await {
                    self.lock().take();
                    return Err(Stopped { reason: StopReason::NotReady, ..Stopped::never(error.to_string()) });
                }
                Kept { output: Arc::new(Output::default()), ..kept }
            }
        };
        self.ready.prepare(&kept.output);
        let kept = kept.follow();
        *self.lock() = Some(kept.clone());
        tokio::select! {
            ready = self.ready.wait(&kept.output) => {
                Ok(Started { how: "container", what: kept.image.clone(), ready })
            }
            code = kept.exit() => {
                let detail = format!("the container ended before it was ready ({})", words(code));
                Err(self.remove(kept, StopReason::NotReady, code, detail).await)
            }
            () = tokio::time::sleep(self.within) => {
                let seconds = self.within.as_secs_f32();
                let detail = format!("not ready within {seconds} s: not seen that {}", self.ready.words());
                let code = self.halt(&kept, false).await;
                Err(self.remove(kept, StopReason::NotReady, code, detail).await)
            }
        }
    }

    async fn halt(&self, kept: &Kept, abruptly: bool) -> Option<i64> {
        let seconds = if abruptly { 0 } else { self.grace.as_secs().try_into().unwrap_or(i32::MAX) };
        // Whatever is wrong with the engine shows when it is asked for the exit code.
        let _ = kept.container.of().stop_with_timeout(Some(seconds)).await;
        tokio::time::timeout(LAST_WORDS, kept.exit()).await.unwrap_or_default()
    }

    /// Removes it: by the engine's own interface when nobody else holds it, else with the last hold on it.
    async fn remove(&self, kept: Kept, reason: StopReason, code: Option<i64>, detail: String) -> Stopped {
        self.lock().take();
        let stopped = stopped(&kept, reason, code, detail);
        let container = Arc::into_inner(kept.container).and_then(|mut hold| hold.0.take());
        if let Some(container) = container {
            // An engine that is gone has nothing left to remove.
            let _ = container.rm().await;
        }
        stopped
    }
}

impl Kept {
    /// Reads its two streams, and tells when it has ended.
    fn follow(self) -> Self {
        let (told, ended) = watch::channel(End::NotYet);
        let kept = Self { ended, ..self };
        let (container, output, read) = (kept.container.clone(), kept.output.clone(), kept.read.clone());
        tokio::spawn(async move {
            let (stdout, stderr) = (container.of().stdout(true), container.of().stderr(true));
            tokio::join!(drain(stdout, &output, &read[0]), drain(stderr, &output, &read[1]));
            let code = container.of().exit_code().await.ok().flatten();
            // Whoever is told may hold it last.
            drop(container);
            let _ = told.send(End::Code(code));
        });
        kept
    }

    async fn exit(&self) -> Option<i64> {
        let mut ended = self.ended.clone();
        let end = ended.wait_for(|end| *end != End::NotYet).await.ok()?;
        if let End::Code(code) = *end { code } else { None }
    }
}

/// Reads a stream until its container ends, past what was read of it before.
async fn drain(mut stream: std::pin::Pin<Box<dyn AsyncBufRead + Send>>, output: &Output, read: &AtomicU64) {
    let before = read.load(Ordering::SeqCst);
    let (mut seen, mut buffer) = (0u64, vec![0; 8192]);
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        let old = before.saturating_sub(seen).min(count as u64) as usize;
        output.take(&buffer[old..count]);
        seen += count as u64;
        read.fetch_max(seen, Ordering::SeqCst);
    }
}

impl Keeper for ContainerKeeper {
    fn start(&self) -> Pending<'_, Result<Started, Stopped>> {
        Box::pin(self.begin())
    }

    fn stop(&self, reason: StopReason, abruptly: bool) -> Pending<'_, Stopped> {
        Box::pin(async move {
            let Some(kept) = self.lock().clone() else { return Stopped::already() };
            let code = self.halt(&kept, abruptly).await;
            let detail = words(code);
            match reason {
                StopReason::Restart => stopped(&kept, reason, code, detail),
                _ => self.remove(kept, reason, code, detail).await,
            }
        })
    }

    fn ended(&self) -> Pending<'_, Stopped> {
        Box::pin(async move {
            let Some(kept) = self.lock().clone() else { return std::future::pending().await };
            let code = kept.exit().await;
            let detail = format!("the container ended by itself ({})", words(code));
            self.remove(kept, StopReason::Ended, code, detail).await
        })
    }
}

fn stopped(kept: &Kept, reason: StopReason, code: Option<i64>, detail: String) -> Stopped {
    let (output, cut) = kept.output.snapshot();
    Stopped { reason, code: code.and_then(|code| i32::try_from(code).ok()), detail, output, cut }
}

fn words(code: Option<i64>) -> String {
    code.map_or_else(|| "its exit code is not known".to_owned(), |code| format!("exit code {code}"))
}

/// `8481:8080`: the port of this machine, then the port inside.
fn ports(text: &str) -> Result<(u16, u16), String> {
    let both = text.split_once(':').and_then(|(host, inside)| Some((host.parse().ok()?, inside.parse().ok()?)));
    both.ok_or_else(|| format!("`{text}` under `ports` is not PORT-OF-THIS-MACHINE:PORT-INSIDE, e.g. \"8481:8080\""))
}

/// An image of a `docker save` archive, or of a root file system.
async fn from_tar(path: &Path) -> Result<String, String> {
    let file = path.display().to_string();
    if !path.is_file() {
        return Err(format!("there is no file {file}, which `tar` names"));
    }
    if let Ok(loaded) = docker(&["load", "--quiet", "--input", &file], "the archive cannot be loaded").await {
        // `Loaded image: NAME` or `Loaded image ID: sha256:…`
        let name = loaded.split_once(": ").map(|(_, name)| name.trim().to_owned());
        return name.ok_or_else(|| format!("`docker load` said `{loaded}`, which names no image"));
    }
    // Named after its content: the same archive is not kept twice.
    let of_task = path.to_owned();
    let digest = tokio::task::spawn_blocking(move || digest(&of_task)).await;
    let digest = digest.map_err(|e| e.to_string())?.map_err(|e| format!("failed to read {file}: {e}"))?;
    let name = image_name("tar", &digest);
    if docker(&["image", "inspect", "--format", "{{.Id}}", &name], "not there yet").await.is_err() {
        docker(&["import", &file, &name], "the archive is neither an image nor a root file system").await?;
    }
    Ok(name)
}

fn image_name(how: &str, digest: &Digest) -> String {
    format!("provestein-subject-{how}:{}", &digest.to_string()[..16])
}

/// Of a file that may be large.
fn digest(path: &Path) -> std::io::Result<Digest> {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    let mut file = std::fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match std::io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(Digest::of(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// Runs the `docker` command, and gives the last line that it prints.
async fn docker(arguments: &[&str], failed: &str) -> Result<String, String> {
    let output = Command::new("docker").args(arguments).kill_on_drop(true).output().await;
    let output = output.map_err(|error| format!("failed to run `docker`: {error}; it comes with Docker Engine"))?;
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().lines().last().unwrap_or_default().to_owned();
    if output.status.success() {
        Ok(words(&output.stdout))
    } else {
        Err(format!("{failed}: `docker {}`: {}; {ENGINE}", arguments.join(" "), words(&output.stderr)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_two_numbers() {
        assert_eq!(ports("8481:8080"), Ok((8481, 8080)));
        assert!(ports("8080").is_err() && ports("a:b").is_err() && ports("1:99999").is_err());
    }

    #[test]
    fn an_image_comes_from_one_place() {
        let text = "{ image: a, tar: b }";
        let file: ContainerFile = serde_saphyr::from_str(text).unwrap();
        let made = ContainerKeeper::new(&file, Path::new("."), &Places::default(), None);
        assert!(made.unwrap_err().contains("needs one of"));
    }

    #[tokio::test]
    async fn the_part_of_a_stream_that_was_read_before_is_passed_over() {
        let (output, read) = (Output::default(), AtomicU64::new(4));
        drain(Box::pin(&b"old\nnew\n"[..]), &output, &read).await;
        assert_eq!(output.snapshot().0, b"new\n");
        assert_eq!(read.load(Ordering::SeqCst), 8);
    }
}
