//! Connections on which nothing moves are closed: whoever opens one and stays silent, before or inside a request, takes
//! a place from others.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep_until};

/// Longer than any answer may take, so that nobody who waits for one is cut off.
const PATIENCE: Duration = Duration::from_secs(150);

/// A socket whose connections are not waited for without end.
pub(crate) struct Patient(pub(crate) TcpListener);

impl Listener for Patient {
    type Io = Watched<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        let (io, address) = Listener::accept(&mut self.0).await;
        // An answer's last packet must not wait until the one before it has been acknowledged.
        if let Err(error) = io.set_nodelay(true) {
            tracing::debug!(%error, "packets of this connection may wait for each other");
        }
        (Watched::new(io, PATIENCE), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that ends when nothing has moved on it for too long.
pub(crate) struct Watched<T> {
    io: T,
    patience: Duration,
    moved: Instant,
    /// Rings no later than patience ends; what moved meanwhile is looked at then.
    alarm: Pin<Box<Sleep>>,
}

impl<T> Watched<T> {
    fn new(io: T, patience: Duration) -> Watched<T> {
        let now = Instant::now();
        Watched { io, patience, moved: now, alarm: Box::pin(sleep_until(now + patience)) }
    }

    /// Ready when patience has ended.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let end = self.moved + self.patience;
            if end <= Instant::now() {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            self.alarm.as_mut().reset(end);
        }
    }

    fn noted<R>(&mut self, done: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        if done.is_ready() {
            self.moved = Instant::now();
        }
        done
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if read.is_pending()
            && let Poll::Ready(end) = self.poll_end(cx)
        {
            return Poll::Ready(Err(end));
        }
        self.noted(read)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, buf);
        if written.is_pending()
            && let Poll::Ready(end) = self.poll_end(cx)
        {
            return Poll::Ready(Err(end));
        }
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        if written.is_pending()
            && let Poll::Ready(end) = self.poll_end(cx)
        {
            return Poll::Ready(Err(end));
        }
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn who_stays_silent_is_not_waited_for_and_who_speaks_is() {
        let patience = Duration::from_millis(400);
        let (near, mut far) = duplex(64);
        let mut near = Watched::new(near, patience);
        let speaking = tokio::spawn(async move {
            for _ in 0..6 {
                sleep(patience / 4).await;
                far.write_all(b"x").await.expect("it is open");
            }
            far
        });
        let mut said = [0; 6];
        near.read_exact(&mut said).await.expect("he spoke in time, and longer than patience lasts");
        let began = Instant::now();
        let end = near.read(&mut said).await.expect_err("he said nothing more");
        assert_eq!(end.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= patience / 2, "{:?}", began.elapsed());
        drop(speaking.await);
    }
}
