//! Talks to the server that runs on a data folder, over its control socket. Whoever can open the socket is the owner of
//! the folder; no token is needed.

use super::failure::{Failure, NO_SERVER};
use api::limits::PAGE_MAX;
use api::{Page, ProblemBody};
use base::Lang;
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// A server that runs.
pub(super) struct Client {
    http: reqwest::Client,
    lang: Lang,
    folder: PathBuf,
}

impl Client {
    /// The server of a data folder, if one runs.
    pub(super) async fn find(folder: &Path, lang: Lang) -> Result<Option<Client>, Failure> {
        let socket = folder.join(api::listen::SOCKET);
        if !socket.exists() {
            return Ok(None);
        }
        let http = reqwest::Client::builder().unix_socket(socket).no_proxy().build();
        let http = http.map_err(|e| Failure::system("无法准备连接", "the connection cannot be prepared", &e))?;
        let client = Client { http, lang, folder: folder.into() };
        match client.http.get(address("/healthz")).send().await {
            Ok(_) => Ok(Some(client)),
            // A socket that nobody listens on was left behind by a process that was killed.
            Err(e) if e.is_connect() => Ok(None),
            Err(e) => Err(client.lost(&e)),
        }
    }

    /// The server of a data folder, which has to run.
    pub(super) async fn running(folder: &Path, lang: Lang) -> Result<Client, Failure> {
        let name = folder.display();
        Client::find(folder, lang).await?.ok_or_else(|| {
            Failure::new(
                format!("数据文件夹 {name} 上没有运行中的服务器"),
                format!("no server runs on the data folder {name}"),
            )
            .help(
                "用 castellan serve 启动，或用 --data 指定另一个文件夹",
                "start one with `castellan serve`, or name another folder with --data",
            )
            .exit(NO_SERVER)
        })
    }

    /// Asks for something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.json(self.send(Method::GET, path, None::<&()>).await?).await
    }

    /// Asks for a change.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Failure> {
        self.json(self.send(Method::POST, path, Some(body)).await?).await
    }

    /// Asks for another form of something.
    pub(super) async fn patch<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Failure> {
        self.json(self.send(Method::PATCH, path, Some(body)).await?).await
    }

    /// Gives a table in.
    pub(super) async fn post_table<T: DeserializeOwned>(&self, path: &str, table: String) -> Result<T, Failure> {
        let request = self.request(Method::POST, path).header("content-type", "text/csv").body(table);
        self.json(self.answer(request).await?).await
    }

    /// Asks for a text.
    pub(super) async fn text(&self, path: &str) -> Result<String, Failure> {
        let answer = self.send(Method::GET, path, None::<&()>).await?;
        answer.text().await.map_err(|e| self.lost(&e))
    }

    /// Asks for a whole collection, page by page.
    pub(super) async fn all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Failure> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Page<T> = self.get(&format!("{path}?limit={PAGE_MAX}{cursor}")).await?;
            items.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(items),
            }
        }
    }

    /// Takes something away.
    pub(super) async fn delete(&self, path: &str) -> Result<(), Failure> {
        self.send(Method::DELETE, path, None::<&()>).await.map(|_| ())
    }

    /// Takes something away, and hears what that led to.
    pub(super) async fn delete_with<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.json(self.send(Method::DELETE, path, None::<&()>).await?).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Response, Failure> {
        let request = self.request(method, path);
        self.answer(if let Some(body) = body { request.json(body) } else { request }).await
    }

    /// A request that somebody else completes.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, address(path)).header("accept-language", self.lang.tag())
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(|e| self.lost(&e))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let said = response.json::<ProblemBody>().await;
        Err(match said {
            // The server speaks the language that was asked for.
            Ok(p) => Failure::new(format!("{}（{}）", p.detail, p.code), format!("{} ({})", p.detail, p.code))
                .findings(&p.diagnostics),
            Err(_) => Failure::new(format!("服务器答复 {status}"), format!("the server answered {status}")),
        })
    }

    async fn json<T: DeserializeOwned>(&self, response: Response) -> Result<T, Failure> {
        response.json().await.map_err(|e| self.lost(&e))
    }

    fn lost(&self, error: &reqwest::Error) -> Failure {
        let folder = self.folder.display();
        Failure::system(
            &format!("与 {folder} 上的服务器的连接中断"),
            &format!("the connection to the server on {folder} broke"),
            error,
        )
    }
}

/// The host is only a name that the server answers to; the socket decides who is asked.
fn address(path: &str) -> String {
    format!("http://localhost{path}")
}
