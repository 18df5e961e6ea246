//! Where the request came from that is being worked on: the audit log names it, and it would otherwise be handed through
//! every flow.

tokio::task_local! {
    static ADDRESS: String;
}

/// Works for a request from this address.
pub async fn within<T>(address: String, work: impl Future<Output = T>) -> T {
    ADDRESS.scope(address, work).await
}

/// The address; empty where nobody asked from outside: the worker, a command.
pub fn address() -> String {
    ADDRESS.try_with(Clone::clone).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_work_for_a_request_knows_it() {
        assert_eq!(address(), "");
        assert_eq!(within("192.0.2.1".to_owned(), async { address() }).await, "192.0.2.1");
        assert_eq!(address(), "");
    }
}
