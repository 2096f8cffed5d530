// Two kinds of links are followed in this tab and this session: those of a table that lead to a page of ours, which Streamlit
// opens in another tab, where the session begins anew; and the menu's link of the very page that is open, for which it does
// nothing, so that nobody came from one lesson back to all of them. The address changes, and Streamlit is told as of Back.
const PHONE = 768; // pixels up to which Streamlit lays the menu over the page
export default function () {
  if (document.documentElement.dataset.sameTab) return; // once a document, for whatever page is open
  document.documentElement.dataset.sameTab = "yes";
  const go = (address) => {
    history.pushState({}, "", address);
    window.dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  };
  const follow = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.('[data-testid="stTable"] a[href], [data-testid="stSidebarNav"] a[href]');
    if (!link || link.origin !== location.origin) return;
    if (link.closest('[data-testid="stTable"]')) {
      event.preventDefault();
      go(link.href);
    } else if (link.pathname === location.pathname && location.search && !link.search) {
      if (innerWidth > PHONE) {
        event.preventDefault();
        event.stopPropagation(); // else Streamlit asks for the page too, and that may come second, with what was chosen before
        go(link.href);
      } else setTimeout(() => go(link.href)); // after Streamlit, which folds the menu of a phone
    }
  };
  document.addEventListener("click", follow, true);
}
