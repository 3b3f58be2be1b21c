//! Connections: each gets a time for the head of a request and one for its body, and when its client is gone, what it asked
//! ends with it.

use axum::Router;
use axum::body::{Body, Bytes};
use futures::FutureExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::{Request, service::Service};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io::ErrorKind;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep, timeout};

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// From a connection's begin, or the last answer on it, to the end of a request's head.
    pub head: Duration,
    /// From there to the end of its body.
    pub body: Duration,
}

impl Default for Times {
    fn default() -> Times {
        Times { head: Duration::from_secs(30), body: Duration::from_secs(30) }
    }
}

/// Connections at once: each may hold an answer that its client does not take.
const CONNECTIONS_MAX: usize = 1_000;
/// How long those who have asked are answered once the server is to end.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// Answers all who connect until `stop` ends, and then those who have asked already.
pub async fn accept(listener: TcpListener, router: Router, times: Times, stop: impl Future<Output = ()>) {
    let closing = watch::Sender::new(false);
    let mut open = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept(), if open.len() < CONNECTIONS_MAX => match accepted {
                Ok((socket, _)) => drop(open.spawn(converse(socket, router.clone(), times, closing.subscribe()))),
                Err(cause) => wait_after(&cause).await,
            },
            Some(_) = open.join_next() => {}
        }
    }
    drop(listener);
    closing.send_replace(true);
    let answered = async { while open.join_next().await.is_some() {} };
    if timeout(LAST_ANSWERS, answered).await.is_err() {
        open.shutdown().await;
    }
}

/// A client that went away before it was heard is no trouble; without a free file there will be one later.
async fn wait_after(cause: &std::io::Error) {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if ![ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&cause.kind()) {
        sleep(Duration::from_secs(1)).await;
    }
}

async fn converse(socket: TcpStream, router: Router, times: Times, mut closing: watch::Receiver<bool>) {
    let Ok((socket, watched)) = doubled(socket) else { return };
    let service = Timely { router: TowerToHyperService::new(router), times };
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(times.head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(socket), service));
    let mut gone = pin!(hung_up(&watched));
    let mut closed = pin!(closing.wait_for(|is_so| *is_so).map(drop).fuse());
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = &mut gone => return,
            () = &mut closed => connection.as_mut().graceful_shutdown(),
        }
    }
}

/// The same socket twice: one to talk, one to watch.
fn doubled(socket: TcpStream) -> std::io::Result<(TcpStream, TcpStream)> {
    let socket = socket.into_std()?;
    let watched = TcpStream::from_std(socket.try_clone()?)?;
    Ok((TcpStream::from_std(socket)?, watched))
}

/// Ends some time after the client has closed its side, whatever of it still waits to be read; an answer that is ready is
/// sent within that time.
async fn hung_up(watched: &TcpStream) {
    // A socket that is readable stays so while nobody reads it: looked at now and then, not in a circle.
    const LOOK_EVERY: Duration = Duration::from_millis(500);
    // Who says all and closes that side waits for an answer: one that is kept is sent within this.
    const LAST_WORDS: Duration = Duration::from_secs(1);
    while watched.ready(Interest::READABLE).await.is_ok_and(|ready| !ready.is_read_closed()) {
        sleep(LOOK_EVERY).await;
    }
    sleep(LAST_WORDS).await;
}

/// The routes, each request's body with its time.
struct Timely {
    router: TowerToHyperService<Router>,
    times: Times,
}

impl Service<Request<Incoming>> for Timely {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = <TowerToHyperService<Router> as Service<Request<Body>>>::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let late = Box::pin(sleep(self.times.body));
        self.router.call(request.map(|body| Body::new(TimedBody { body, late })))
    }
}

/// A body that fails when its time is over.
struct TimedBody {
    body: Incoming,
    late: Pin<Box<Sleep>>,
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(self.late.as_mut().poll(cx));
        Poll::Ready(Some(Err(std::io::Error::from(ErrorKind::TimedOut).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
