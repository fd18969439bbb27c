//! The connections that a port serves at once. When there are as many as may be, whoever has been silent longest goes:
//! ten thousand who connect and say nothing do not keep out the one who talks.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How long nothing is accepted after accepting has failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections for ever and serves each in a task of its own, `most` of them at once.
pub(crate) async fn serve_all<F>(
    listener: TcpListener,
    most: usize,
    serve: impl Fn(Pulsing, std::net::SocketAddr, u64) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let places = Places { held: Arc::default(), began: Instant::now() };
    for number in 0.. {
        let Ok((stream, from)) = listener.accept().await else {
            // No file descriptor left, most often: trying again at once would only turn in a circle.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Only a matter of delay.
        let _ = stream.set_nodelay(true);
        let pulse = Pulse { at: Arc::new(AtomicU64::new(0)), began: places.began };
        pulse.beat();
        let work = serve(Pulsing { stream, pulse: pulse.clone() }, from, number);
        let leaving = Leaving { held: places.held.clone(), number };
        let (go, entered) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let _leaving = leaving;
            // Not before it is known to be here, or it could leave before it came.
            if entered.await.is_ok() {
                work.await;
            }
        });
        places.enter(number, Held { task: task.abort_handle(), pulse }, most);
        let _ = go.send(());
    }
}

type AllHeld = Arc<Mutex<BTreeMap<u64, Held>>>;

struct Places {
    held: AllHeld,
    began: Instant,
}

struct Held {
    task: AbortHandle,
    pulse: Pulse,
}

fn locked(held: &AllHeld) -> MutexGuard<'_, BTreeMap<u64, Held>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Places {
    fn enter(&self, number: u64, new: Held, most: usize) {
        let mut held = locked(&self.held);
        if held.len() >= most.max(1) {
            let silent = held.iter().min_by_key(|(_, held)| held.pulse.at.load(Ordering::Relaxed)).map(|(n, _)| *n);
            if let Some(silent) = silent.and_then(|number| held.remove(&number)) {
                silent.task.abort();
            }
        }
        held.insert(number, new);
    }
}

/// Gives the place back, however the task ends.
struct Leaving {
    held: AllHeld,
    number: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        locked(&self.held).remove(&self.number);
    }
}

/// When something last came.
#[derive(Debug, Clone)]
struct Pulse {
    at: Arc<AtomicU64>,
    began: Instant,
}

impl Pulse {
    fn beat(&self) {
        // Microseconds: in a flood many come within one millisecond.
        self.at.store(self.began.elapsed().as_micros() as u64, Ordering::Relaxed);
    }
}

/// A connection that notes when something comes.
#[derive(Debug)]
pub(crate) struct Pulsing {
    stream: TcpStream,
    pulse: Pulse,
}

impl AsyncRead for Pulsing {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if polled.is_ready() {
            self.pulse.beat();
        }
        polled
    }
}

impl AsyncWrite for Pulsing {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[test]
    fn the_silent_go_and_the_talkative_stay() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(serve_all(listener, 3, async |mut stream: Pulsing, _, _| {
                let mut byte = [0];
                while stream.read_exact(&mut byte).await.is_ok() && stream.write_all(&byte).await.is_ok() {}
            }));
            let mut talking = TcpStream::connect(address).await.unwrap();
            let mut silent = Vec::new();
            for round in 0..20u8 {
                silent.push(TcpStream::connect(address).await.unwrap());
                talking.write_all(&[round]).await.unwrap();
                assert_eq!(talking.read_u8().await.unwrap(), round);
            }
            assert_eq!(silent[0].read_u8().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        });
    }
}
