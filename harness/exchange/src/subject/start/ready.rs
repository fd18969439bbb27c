//! Waiting until a subject is ready.

use super::file::ReadyFile;
use super::output::Output;
use super::places::Places;
use carrier::http::Url;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Between two looks.
const EVERY: Duration = Duration::from_millis(50);
/// A single look takes no longer.
const LOOK: Duration = Duration::from_secs(5);

/// What shows that a subject is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ready {
    /// A text that it prints.
    Log(String),
    /// An address that answers.
    Http(Url),
    /// A port that accepts connections.
    Port(String, u16),
    /// That it was started: nothing else is known about it.
    Begun,
}

impl Ready {
    /// As the file says; without a word about it, the subject's own address.
    pub fn of(file: Option<&ReadyFile>, places: &Places, url: Option<&Url>) -> Result<Self, String> {
        match file {
            Some(ReadyFile::Log(text)) if text.is_empty() => Err("`ready: { log: … }` needs a text".to_owned()),
            Some(ReadyFile::Log(text)) => Ok(Self::Log(text.clone())),
            Some(ReadyFile::Http(address)) => {
                let url: Url = places.fill(address)?.parse().map_err(|e: carrier::http::UrlError| e.to_string())?;
                if url.secure {
                    Err(format!("`ready: {{ http: {url} }}` must begin with http:"))
                } else {
                    Ok(Self::Http(url))
                }
            }
            Some(ReadyFile::Port(port)) => Ok(Self::Port("127.0.0.1".to_owned(), *port)),
            None => Ok(url.map_or(Self::Begun, |url| Self::Port(url.host.clone(), url.port))),
        }
    }

    /// Why the subject cannot be told from what is there before it: then something else would be tested.
    pub async fn taken(&self) -> Option<String> {
        let (host, port) = match self {
            Self::Port(host, port) => (host, *port),
            Self::Http(url) => (&url.host, url.port),
            Self::Log(_) | Self::Begun => return None,
        };
        let is_taken = tokio::time::timeout(LOOK, accepts(host, port)).await.unwrap_or(false);
        is_taken.then(|| {
            format!(
                "something listens at {host}:{port} before the subject is started; stop it, or write `start: running`"
            )
        })
    }

    /// Tells the output what to look out for. Before anything can be printed.
    pub fn prepare(&self, output: &Output) {
        if let Self::Log(text) = self {
            output.look_out_for(text);
        }
    }

    /// Waits; says what showed it.
    pub async fn wait(&self, output: &Output) -> String {
        match self {
            Self::Log(_) => output.seen().await,
            Self::Http(url) => until(|| answers(url)).await,
            Self::Port(host, port) => until(|| accepts(host, *port)).await,
            Self::Begun => {}
        }
        self.words()
    }

    /// In words: what is seen, or missing.
    pub fn words(&self) -> String {
        match self {
            Self::Log(text) => format!("it printed `{text}`"),
            Self::Http(url) => format!("{url} answered"),
            Self::Port(host, port) => format!("{host}:{port} accepted a connection"),
            Self::Begun => "it was started".to_owned(),
        }
    }
}

async fn until<F: Future<Output = bool>>(look: impl Fn() -> F) {
    while !tokio::time::timeout(LOOK, look()).await.unwrap_or(false) {
        tokio::time::sleep(EVERY).await;
    }
}

async fn accepts(host: &str, port: u16) -> bool {
    TcpStream::connect((host, port)).await.is_ok()
}

/// Whether a GET is answered with 2xx or 3xx.
async fn answers(url: &Url) -> bool {
    let Ok(mut stream) = TcpStream::connect((url.host.as_str(), url.port)).await else { return false };
    let request = format!("GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n", url.path, url.host, url.port);
    if stream.write_all(request.as_bytes()).await.is_err() {
        return false;
    }
    // `HTTP/1.1 200`: nothing after it is of interest.
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.is_ok() && line.starts_with(b"HTTP/1.") && matches!(line[9], b'2' | b'3')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_three_ways_and_the_address_by_default() {
        let places = Places { host: "h".to_owned(), ports: vec![("http", 1)], ..Places::default() };
        let url: Url = "http://localhost:8481/".parse().unwrap();
        assert_eq!(Ready::of(None, &places, Some(&url)).unwrap(), Ready::Port("localhost".to_owned(), 8481));
        assert_eq!(Ready::of(None, &places, None).unwrap(), Ready::Begun);
        assert!(Ready::of(Some(&ReadyFile::Log(String::new())), &places, None).is_err());
        assert!(Ready::of(Some(&ReadyFile::Http("https://a/".to_owned())), &places, None).is_err());
    }

    #[tokio::test]
    async fn an_address_is_ready_when_it_answers_well() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}/health", listener.local_addr().unwrap()).parse().unwrap();
        let serving = tokio::spawn(async move {
            for answer in ["HTTP/1.1 503 Not yet\r\n\r\n", "HTTP/1.1 204 Yes\r\n\r\n"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 12];
                stream.read_exact(&mut request).await.unwrap();
                assert_eq!(&request, b"GET /health ");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let words = Ready::Http(url.clone()).wait(&Output::default()).await;
        assert_eq!(words, format!("{url} answered"));
        serving.await.unwrap();
    }
}
